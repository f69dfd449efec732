#nullable enable
using System;
using System.Collections.Generic;

namespace Showfloor.Xr
{
    /// <summary>Products side by side, to compare them.</summary>
    public static class LineUp
    {
        /// <summary>Where each goes along +X so that they stand in order with a gap between, the row's middle at 0.</summary>
        /// <param name="extents">Left and right end of each product in its own space, metres.</param>
        /// <param name="gap">Free space between two, metres.</param>
        public static float[] Along(IReadOnlyList<(float Left, float Right)> extents, float gap = 0.1f)
        {
            float width = -gap;
            foreach ((float left, float right) in extents)
            {
                width += Math.Max(0f, right - left) + gap;
            }
            var at = new float[extents.Count];
            float edge = -width / 2;
            for (int i = 0; i < at.Length; i++)
            {
                at[i] = edge - extents[i].Left;
                edge += Math.Max(0f, extents[i].Right - extents[i].Left) + gap;
            }
            return at;
        }
    }
}
