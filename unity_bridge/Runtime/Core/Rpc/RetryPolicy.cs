#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Rpc
{
    /// <summary>When a call that may be repeated is made again: after status Unavailable, with a random delay of up to
    /// twice the one before (full jitter).</summary>
    public sealed class RetryPolicy
    {
        private readonly Random _random = new Random();

        /// <summary>A policy. Times are seconds.</summary>
        public RetryPolicy(int maxAttempts = 5, double firstDelay = 0.2, double longestDelay = 5.0)
        {
            if (maxAttempts < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(maxAttempts), "At least 1.");
            }
            if (!(firstDelay >= 0) || !(longestDelay >= firstDelay))
            {
                throw new ArgumentOutOfRangeException(nameof(firstDelay), "0 to longestDelay.");
            }
            MaxAttempts = maxAttempts;
            FirstDelay = firstDelay;
            LongestDelay = longestDelay;
        }

        /// <summary>Every call is made once.</summary>
        public static RetryPolicy None { get; } = new RetryPolicy(1);

        /// <summary>How often a call is made at most.</summary>
        public int MaxAttempts { get; }

        /// <summary>Upper end of the first delay, seconds.</summary>
        public double FirstDelay { get; }

        /// <summary>Upper end of every delay, seconds.</summary>
        public double LongestDelay { get; }

        /// <summary>How a delay is waited for; tests put their own clock here.</summary>
        internal Func<TimeSpan, CancellationToken, Task> Wait { get; set; } = Task.Delay;

        /// <summary>The delay before another attempt.</summary>
        /// <param name="failures">Attempts that have failed, 1 or more.</param>
        /// <param name="error">What failed last; when it names a time, the delay is at least as long.</param>
        public TimeSpan Delay(int failures, ShowfloorException? error = null)
        {
            double ceiling = Math.Min(LongestDelay, FirstDelay * Math.Pow(2, Math.Min(failures - 1, 30)));
            double seconds;
            lock (_random)
            {
                seconds = _random.NextDouble() * ceiling;
            }
            return TimeSpan.FromSeconds(seconds) + (error?.RetryAfter ?? TimeSpan.Zero);
        }
    }
}
