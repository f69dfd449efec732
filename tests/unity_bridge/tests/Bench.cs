#nullable enable

namespace Showfloor.Tests
{
    internal static class Bench
    {
        public static int Run(string[] arguments) => 2;
    }
}
