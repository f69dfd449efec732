#nullable enable
using System;
using System.Numerics;

namespace Showfloor.Scene
{
    /// <summary>Two hands, or two fingers, that hold a product: it turns about the vertical, grows and moves with them.
    /// +Y is up; works for left- and right-handed frames alike.</summary>
    public sealed class TwoHandGesture
    {
        private const float SmallestGrip = 0.01f;
        private readonly Vector3 _middle;
        private readonly Vector3 _between;

        /// <summary>The moment when the second hand takes hold.</summary>
        public TwoHandGesture(Vector3 first, Vector3 second)
        {
            _middle = (first + second) / 2;
            _between = second - first;
        }

        /// <summary>What the hands have done since: scale factor.</summary>
        public float Scale { get; private set; } = 1;

        /// <summary>What the hands have done since: turn about +Y, radians, that takes +Z towards +X.</summary>
        public float Yaw { get; private set; }

        /// <summary>What the hands have done since: move, in the units of the hands.</summary>
        public Vector3 Move { get; private set; }

        /// <summary>The hands are here now.</summary>
        public void Update(Vector3 first, Vector3 second)
        {
            Vector3 between = second - first;
            Scale = Math.Max(between.Length(), SmallestGrip) / Math.Max(_between.Length(), SmallestGrip);
            Move = ((first + second) / 2) - _middle;
            if (Flat(_between) > SmallestGrip && Flat(between) > SmallestGrip)
            {
                double turned = Math.Atan2(between.X, between.Z) - Math.Atan2(_between.X, _between.Z);
                Yaw = (float)Math.IEEERemainder(turned, 2 * Math.PI);
            }
        }

        private static float Flat(Vector3 way) => new Vector2(way.X, way.Z).Length();
    }
}
