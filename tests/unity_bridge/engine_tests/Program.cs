#nullable enable

namespace Showfloor.Tests
{
    internal static class Program
    {
        /// <summary>[part of a name]</summary>
        private static int Main(string[] arguments) => Runner.Run(arguments.Length > 0 ? arguments[0] : "") ? 0 : 1;
    }
}
