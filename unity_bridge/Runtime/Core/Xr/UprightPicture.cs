#nullable enable
using System;

namespace Showfloor.Xr
{
    /// <summary>A camera picture as people see it: turned upright and scaled down to what the server needs. Rows go from the
    /// bottom to the top, as in Unity's textures.</summary>
    public static class UprightPicture
    {
        /// <summary>Longest side that is sent, pixels.</summary>
        public const int LongestSide = 1280;

        /// <summary>Size of the result.</summary>
        /// <param name="width">Of the camera picture.</param>
        /// <param name="height">Of the camera picture.</param>
        /// <param name="clockwiseDegrees">Turn that makes it upright: 0, 90, 180 or 270.</param>
        /// <param name="longest">Longest side of the result.</param>
        public static (int Width, int Height) Size(int width, int height, int clockwiseDegrees, int longest = LongestSide)
        {
            if (width < 1 || height < 1 || longest < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(width), "At least 1 pixel.");
            }
            bool lies = Quarter(clockwiseDegrees) % 2 == 1;
            int w = lies ? height : width;
            int h = lies ? width : height;
            double scale = Math.Min(1.0, longest / (double)Math.Max(w, h));
            return (Math.Max(1, (int)Math.Round(w * scale)), Math.Max(1, (int)Math.Round(h * scale)));
        }

        /// <summary>Turns, mirrors and scales (nearest pixel).</summary>
        /// <param name="pixels">Rows from bottom to top.</param>
        /// <param name="width">Of the camera picture.</param>
        /// <param name="height">Of the camera picture.</param>
        /// <param name="clockwiseDegrees">Turn that makes it upright: 0, 90, 180 or 270.</param>
        /// <param name="flipped">Whether its rows come upside down, before the turn.</param>
        /// <param name="longest">Longest side of the result.</param>
        public static T[] Make<T>(T[] pixels, int width, int height, int clockwiseDegrees, bool flipped, int longest = LongestSide)
        {
            (int w, int h) = Size(width, height, clockwiseDegrees, longest);
            if (pixels.Length < width * height)
            {
                throw new ArgumentException("Fewer pixels than width × height.", nameof(pixels));
            }
            int quarter = Quarter(clockwiseDegrees);
            var made = new T[w * h];
            for (int y = 0; y < h; y++)
            {
                double v = (y + 0.5) / h;
                for (int x = 0; x < w; x++)
                {
                    double u = (x + 0.5) / w;
                    double fromX = quarter == 0 ? u : quarter == 1 ? 1 - v : quarter == 2 ? 1 - u : v;
                    double fromY = quarter == 0 ? v : quarter == 1 ? u : quarter == 2 ? 1 - v : 1 - u;
                    fromY = flipped ? 1 - fromY : fromY;
                    int column = Math.Min(width - 1, (int)(fromX * width));
                    int row = Math.Min(height - 1, (int)(fromY * height));
                    made[(y * w) + x] = pixels[(row * width) + column];
                }
            }
            return made;
        }

        private static int Quarter(int clockwiseDegrees)
        {
            if (clockwiseDegrees % 90 != 0)
            {
                throw new ArgumentOutOfRangeException(nameof(clockwiseDegrees), "0, 90, 180 or 270.");
            }
            return (((clockwiseDegrees / 90) % 4) + 4) % 4;
        }
    }
}
