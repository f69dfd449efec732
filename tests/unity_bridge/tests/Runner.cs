#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Showfloor.Tests
{
    /// <summary>Runs the NUnit tests of this assembly: NUnit's own host is not among what can be had.</summary>
    internal static class Runner
    {
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

        public static bool Run(string part)
        {
            int passed = 0;
            int failed = 0;
            int skipped = 0;
            foreach (Type type in typeof(Runner).Assembly.GetTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
            {
                foreach ((string name, MethodInfo method, object?[] values) in Cases(type))
                {
                    if (!name.Contains(part, StringComparison.OrdinalIgnoreCase))
                    {
                        continue;
                    }
                    var clock = Stopwatch.StartNew();
                    Exception? error = RunOne(type, method, values);
                    if (clock.ElapsedMilliseconds > 3000)
                    {
                        Console.WriteLine("slow    " + name + " " + clock.ElapsedMilliseconds + " ms");
                    }
                    if (error is null)
                    {
                        passed++;
                    }
                    else if (error is IgnoreException)
                    {
                        skipped++;
                        Console.WriteLine("SKIPPED " + name + ": " + error.Message);
                    }
                    else
                    {
                        failed++;
                        Console.WriteLine("FAILED  " + name + "\n" + error);
                    }
                }
            }
            Console.WriteLine(passed + " passed, " + failed + " failed, " + skipped + " skipped");
            return failed == 0 && passed > 0;
        }

        private static IEnumerable<(string Name, MethodInfo Method, object?[] Values)> Cases(Type type)
        {
            if (type.GetCustomAttribute<TestFixtureAttribute>() is null || type.IsAbstract)
            {
                yield break;
            }
            foreach (MethodInfo method in type.GetMethods())
            {
                string name = type.Name + "." + method.Name;
                if (method.GetCustomAttribute<TestAttribute>() != null)
                {
                    yield return (name, method, Array.Empty<object?>());
                }
                foreach (TestCaseAttribute given in method.GetCustomAttributes<TestCaseAttribute>())
                {
                    yield return (name + "(" + string.Join(", ", given.Arguments) + ")", method, given.Arguments);
                }
            }
        }

        private static Exception? RunOne(Type type, MethodInfo method, object?[] values)
        {
            Task<Exception?> test = Task.Factory.StartNew(
                () => Body(type, method, values), TaskCreationOptions.LongRunning);
            return test.Wait(Longest) ? test.Result : new TimeoutException("It did not end within " + Longest + ".");
        }

        private static Exception? Body(Type type, MethodInfo method, object?[] values)
        {
            object? fixture = null;
            try
            {
                fixture = Activator.CreateInstance(type);
                Call<SetUpAttribute>(fixture!);
                method.Invoke(fixture, values);
                return null;
            }
            catch (TargetInvocationException error)
            {
                return error.InnerException is SuccessException ? null : error.InnerException;
            }
            finally
            {
                if (fixture != null)
                {
                    Call<TearDownAttribute>(fixture);
                }
            }
        }

        private static void Call<T>(object fixture)
            where T : Attribute
        {
            foreach (MethodInfo method in fixture.GetType().GetMethods())
            {
                if (method.GetCustomAttribute<T>() != null)
                {
                    method.Invoke(fixture, null);
                }
            }
        }
    }
}
