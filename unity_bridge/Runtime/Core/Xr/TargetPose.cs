#nullable enable
using System.Numerics;

namespace Showfloor.Xr
{
    /// <summary>Where a product stands relative to a picture on packaging, and where it looks. Packaging that lies carries it
    /// on its own plane; packaging that stands (or hangs) has it upright before its lower edge, not sticking out of it.</summary>
    public readonly struct TargetPose
    {
        /// <summary>Free space between packaging and product, metres.</summary>
        public const float Gap = 0.02f;

        private const float Lies = 0.7f;

        private TargetPose(Vector3 position, Vector3 forward, Vector3 up)
        {
            Position = position;
            Forward = forward;
            Up = up;
        }

        /// <summary>Of the middle of its base, metres, in the space of the arguments.</summary>
        public Vector3 Position { get; }

        /// <summary>Where its front looks; unit.</summary>
        public Vector3 Forward { get; }

        /// <summary>Its vertical; unit.</summary>
        public Vector3 Up { get; }

        /// <summary>The pose; +Y is up in the world.</summary>
        /// <param name="middle">Middle of the picture.</param>
        /// <param name="normal">Out of the picture; unit.</param>
        /// <param name="upper">From its middle to its upper edge; unit.</param>
        /// <param name="height">Height of the picture, metres.</param>
        /// <param name="depth">Depth of the product, metres.</param>
        /// <param name="beside">Whether it stands before the lower edge of lying packaging, and not on it.</param>
        public static TargetPose Of(Vector3 middle, Vector3 normal, Vector3 upper, float height, float depth, bool beside)
        {
            if (normal.Y >= Lies)
            {
                Vector3 at = beside ? middle - (upper * ((height / 2) + (depth / 2) + Gap)) : middle;
                return new TargetPose(at, -upper, normal);
            }
            var level = new Vector3(normal.X, 0, normal.Z);
            Vector3 front = level.LengthSquared() > 1e-6f ? Vector3.Normalize(level) : -upper;
            Vector3 edge = middle - (upper * (height / 2));
            return new TargetPose(edge + (front * ((depth / 2) + (beside ? Gap : 0))), front, Vector3.UnitY);
        }
    }
}
