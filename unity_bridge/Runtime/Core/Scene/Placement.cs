#nullable enable
using System;
using System.Numerics;
using Size = Showfloor.V1.Size;

namespace Showfloor.Scene
{
    /// <summary>How a product stands in a space.</summary>
    public readonly struct FitResult
    {
        internal FitResult(bool fits, bool turned, Vector3 spare)
        {
            Fits = fits;
            Turned = turned;
            Spare = spare;
        }

        /// <summary>Whether it fits upright.</summary>
        public bool Fits { get; }

        /// <summary>Whether it is turned by 90° about the vertical to do so.</summary>
        public bool Turned { get; }

        /// <summary>Room that is left by width, height and depth of the space, metres; negative where it is missing.</summary>
        public Vector3 Spare { get; }
    }

    /// <summary>Where products go. +Y is up, a product's front is +Z, its origin the middle of its base.</summary>
    public static class Placement
    {
        /// <summary>Steepest slope that things stand on, degrees.</summary>
        public const float MaxSlopeDegrees = 15;

        /// <summary>Turn about +Y, radians, with which a product at <paramref name="at"/> faces
        /// <paramref name="viewer"/>; 0 where the viewer is right above it.</summary>
        public static float Facing(Vector3 at, Vector3 viewer)
        {
            Vector3 way = viewer - at;
            return new Vector2(way.X, way.Z).LengthSquared() < 1e-8f ? 0 : (float)Math.Atan2(way.X, way.Z);
        }

        /// <summary>Whether a product can stand on a surface with this normal.</summary>
        public static bool CanStandOn(Vector3 normal, float maxSlopeDegrees = MaxSlopeDegrees)
        {
            float length = normal.Length();
            return length > 1e-6f && normal.Y / length >= Math.Cos(maxSlopeDegrees * Math.PI / 180);
        }

        /// <summary>Whether a product fits upright into a space, turned by 90° where that is better.</summary>
        public static FitResult Fit(Size product, Size space)
        {
            Vector3 straight = Spare(product.XM, product.ZM, product.YM, space);
            Vector3 turned = Spare(product.ZM, product.XM, product.YM, space);
            bool turn = Math.Min(turned.X, turned.Z) > Math.Min(straight.X, straight.Z) && !AllFit(straight);
            Vector3 spare = turn ? turned : straight;
            return new FitResult(AllFit(spare), turn, spare);
        }

        /// <summary>Scale of a picture on packaging: how many metres of the world one metre of the declared width is.
        /// Within 20 % it is taken as measured; beyond, the declared width is wrong or the wrong target is seen.</summary>
        /// <param name="declaredMetres">Width that was declared for the target.</param>
        /// <param name="measuredMetres">Width that tracking measured.</param>
        /// <param name="scale">The scale, where it is plausible.</param>
        public static bool TryTargetScale(float declaredMetres, float measuredMetres, out float scale)
        {
            scale = 1;
            if (!(declaredMetres > 0) || !(measuredMetres > 0))
            {
                return false;
            }
            float measured = measuredMetres / declaredMetres;
            if (measured < 0.8f || measured > 1.25f)
            {
                return false;
            }
            scale = measured;
            return true;
        }

        /// <summary>Where a product stands beside an image target that lies flat or hangs: in front of its lower edge by
        /// half its own depth and <paramref name="gap"/>.</summary>
        /// <param name="target">Middle of the target.</param>
        /// <param name="down">Unit vector from its middle to its lower edge.</param>
        /// <param name="targetHeight">Height of the target, metres.</param>
        /// <param name="product">Size of the product.</param>
        /// <param name="gap">Free space between them, metres.</param>
        public static Vector3 BesideTarget(
            Vector3 target, Vector3 down, float targetHeight, Size product, float gap = 0.02f) =>
            target + (down * ((targetHeight / 2) + ((float)product.ZM / 2) + gap));

        private static Vector3 Spare(double x, double z, double y, Size space) =>
            new Vector3((float)(space.XM - x), (float)(space.YM - y), (float)(space.ZM - z));

        private static bool AllFit(Vector3 spare) => spare.X >= 0 && spare.Y >= 0 && spare.Z >= 0;
    }
}
