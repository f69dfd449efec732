#nullable enable
using System;

namespace Showfloor.Tests
{
    internal static class Program
    {
        /// <summary>run [part of a name]: the tests. make FILE: random messages for Python. bench …: measurements.</summary>
        private static int Main(string[] arguments)
        {
            string mode = arguments.Length > 0 ? arguments[0] : "run";
            string argument = arguments.Length > 1 ? arguments[1] : "";
            switch (mode)
            {
                case "run":
                    return Runner.Run(argument) ? 0 : 1;
                case "make":
                    Golden.Make(argument);
                    return 0;
                case "bench":
                    return Bench.Run(arguments);
                default:
                    Console.Error.WriteLine("run, make or bench");
                    return 2;
            }
        }
    }
}
