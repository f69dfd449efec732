#nullable enable
using System;
using Showfloor.V1;

namespace Showfloor.Scene
{
    /// <summary>How far a product may be scaled by hand; 1 is its true size.</summary>
    public sealed class ScaleLimits
    {
        private const double SmallestMetres = 0.02;
        private const double LargestMetres = 5.0;

        /// <summary>Limits.</summary>
        /// <param name="min">Smallest factor, above 0.</param>
        /// <param name="max">Largest factor.</param>
        /// <param name="snap">Within this share of the true size a scale becomes exactly 1; 0: never.</param>
        public ScaleLimits(float min, float max, float snap = 0.05f)
        {
            if (!(min > 0) || !(max >= min) || float.IsInfinity(max))
            {
                throw new ArgumentOutOfRangeException(nameof(min), "0 < min <= max.");
            }
            if (!(snap >= 0) || snap >= 1)
            {
                throw new ArgumentOutOfRangeException(nameof(snap), "0 to below 1.");
            }
            Min = min;
            Max = max;
            Snap = snap;
        }

        /// <summary>True size only.</summary>
        public static ScaleLimits TrueSize { get; } = new ScaleLimits(1, 1, 0);

        /// <summary>Smallest factor.</summary>
        public float Min { get; }

        /// <summary>Largest factor.</summary>
        public float Max { get; }

        /// <summary>Share around the true size that becomes the true size.</summary>
        public float Snap { get; }

        /// <summary>Limits that keep the longest side between 2 cm and 5 m; the true size is always allowed.</summary>
        public static ScaleLimits For(Size size)
        {
            double longest = Math.Max(size.XM, Math.Max(size.YM, size.ZM));
            if (!(longest > 0) || double.IsInfinity(longest))
            {
                return new ScaleLimits(0.1f, 10f);
            }
            float min = (float)Math.Min(1, SmallestMetres / longest);
            float max = (float)Math.Max(1, LargestMetres / longest);
            return new ScaleLimits(Math.Max(min, 1e-4f), Math.Min(max, 1e4f));
        }

        /// <summary>The allowed scale nearest to <paramref name="scale"/>; nonsense becomes the true size, or the limit
        /// nearest to it.</summary>
        public float Clamp(float scale)
        {
            if (float.IsNaN(scale) || float.IsInfinity(scale) || Math.Abs(scale - 1) <= Snap)
            {
                scale = 1;
            }
            return Math.Min(Max, Math.Max(Min, scale));
        }
    }
}
