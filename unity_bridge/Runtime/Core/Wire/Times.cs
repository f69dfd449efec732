#nullable enable
using System;

namespace Showfloor.WellKnown
{
    /// <summary>Timestamps to the times of .NET and back.</summary>
    public static class Times
    {
        private const int NanosPerTick = 100;
        private static readonly DateTimeOffset Epoch = new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);

        /// <summary>The moment, in UTC; the nearest that .NET knows where it is beyond the years 1 to 9999.</summary>
        public static DateTimeOffset ToDateTimeOffset(this Timestamp timestamp)
        {
            long first = (DateTimeOffset.MinValue - Epoch).Ticks / TimeSpan.TicksPerSecond;
            long last = (DateTimeOffset.MaxValue - Epoch).Ticks / TimeSpan.TicksPerSecond;
            if (timestamp.Seconds <= first)
            {
                return DateTimeOffset.MinValue;
            }
            return timestamp.Seconds >= last
                ? DateTimeOffset.MaxValue
                : Epoch.AddSeconds(timestamp.Seconds).AddTicks(timestamp.Nanos / NanosPerTick);
        }

        /// <summary>The moment as a timestamp.</summary>
        public static Timestamp ToTimestamp(this DateTimeOffset time)
        {
            long ticks = (time - Epoch).Ticks;
            long rest = ((ticks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond) % TimeSpan.TicksPerSecond;
            long seconds = (ticks - rest) / TimeSpan.TicksPerSecond;
            return new Timestamp { Seconds = seconds, Nanos = (int)(rest * NanosPerTick) };
        }
    }
}
