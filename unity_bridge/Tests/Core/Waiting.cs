#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Showfloor.Tests
{
    /// <summary>Asynchronous tests for every version of the test framework, each with a bound.</summary>
    internal static class Waiting
    {
        public static void Run(Func<CancellationToken, Task> test, double seconds = 30)
        {
            using (var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds)))
            {
                Task task = Task.Run(() => test(end.Token));
                if (Task.WaitAny(new[] { task }, TimeSpan.FromSeconds(seconds + 5)) < 0)
                {
                    Assert.Fail("It did not end within " + seconds + " s.");
                }
                task.GetAwaiter().GetResult();
            }
        }

        public static async Task<ShowfloorException> Fails(Func<Task> work)
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (ShowfloorException error)
            {
                return error;
            }
            throw new AssertionException("No ShowfloorException was thrown.");
        }

        public static async Task IsCancelled(Func<Task> work)
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            throw new AssertionException("No OperationCanceledException was thrown.");
        }

        public static async Task<List<T>> All<T>(IAsyncEnumerable<T> items)
        {
            var all = new List<T>();
            await foreach (T item in items.ConfigureAwait(false))
            {
                all.Add(item);
            }
            return all;
        }
    }
}
