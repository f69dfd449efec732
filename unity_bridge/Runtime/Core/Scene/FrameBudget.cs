#nullable enable
using System;
using System.Diagnostics;

namespace Showfloor.Scene
{
    /// <summary>How much of a frame loading may take. Call <see cref="NewFrame"/> once a frame.</summary>
    public sealed class FrameBudget
    {
        private readonly Func<double> _now;
        private double _began;

        /// <summary>A budget.</summary>
        /// <param name="milliseconds">Per frame, above 0.</param>
        public FrameBudget(double milliseconds)
            : this(milliseconds, () => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency)
        {
        }

        internal FrameBudget(double milliseconds, Func<double> now)
        {
            if (!(milliseconds > 0))
            {
                throw new ArgumentOutOfRangeException(nameof(milliseconds), "Above 0.");
            }
            Milliseconds = milliseconds;
            _now = now;
            _began = now();
        }

        /// <summary>Per frame.</summary>
        public double Milliseconds { get; }

        /// <summary>Whether the rest should wait for the next frame.</summary>
        public bool IsSpent => _now() - _began >= Milliseconds;

        /// <summary>A new frame begins.</summary>
        public void NewFrame() => _began = _now();

        /// <summary>Whether work of this length still fits.</summary>
        public bool Fits(double milliseconds) => _now() - _began + milliseconds <= Milliseconds;
    }
}
