#nullable enable
using System;
using System.Collections.Generic;

namespace Showfloor.Scene
{
    /// <summary>When to switch between levels of detail.</summary>
    public static class LodTransitions
    {
        private const double TrianglesPerPixel = 0.15;
        private const float LowestTransition = 0.01f;
        private const float HighestTransition = 0.9f;

        /// <summary>For each level the share of the screen's height below which the next coarser one is enough, as Unity's
        /// LODGroup wants it; strictly falling. The last is the share below which nothing is drawn.</summary>
        /// <param name="triangles">Triangles of each level, the finest first.</param>
        /// <param name="screenHeight">Pixels.</param>
        public static float[] Heights(IReadOnlyList<long> triangles, int screenHeight = 1080)
        {
            if (screenHeight < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(screenHeight), "At least 1 pixel.");
            }
            var heights = new float[triangles.Count];
            float above = HighestTransition;
            for (int i = 0; i < heights.Length; i++)
            {
                bool last = i == heights.Length - 1;
                double enough = last ? 0 : Math.Sqrt(Math.Max(0, triangles[i + 1]) / TrianglesPerPixel) / screenHeight;
                int below = heights.Length - 1 - i;
                float height = Math.Max((float)enough, LowestTransition * (1 + below));
                heights[i] = Math.Min(height, above);
                above = Math.Max(heights[i] * 0.9f, LowestTransition);
            }
            return heights;
        }
    }
}
