#nullable enable
using System;

namespace Showfloor.Editor
{
    /// <summary>The steps of a conversion as one number that never falls. What comes late from an earlier step is left
    /// out.</summary>
    internal sealed class ConversionReport
    {
        private static readonly string[] Steps = { "Uploading", "Converting", "Downloading", "Importing" };
        private static readonly double[] Begins = { 0, 0.1, 0.85, 0.97, 1 };
        private readonly IProgress<ConversionProgress>? _progress;
        private int _step;
        private double _overall;

        public ConversionReport(IProgress<ConversionProgress>? progress) => _progress = progress;

        public void Uploading(double fraction, string message) => Tell(0, fraction, message, null);

        public void Converting(double fraction, string message, byte[]? preview) => Tell(1, fraction, message, preview);

        public void Downloading(double fraction, string message) => Tell(2, fraction, message, null);

        public void Importing(double fraction, string message) => Tell(3, fraction, message, null);

        private void Tell(int step, double fraction, string message, byte[]? preview)
        {
            if (step < _step)
            {
                return;
            }
            _step = step;
            _overall = Math.Max(_overall, Begins[step] + ((Begins[step + 1] - Begins[step]) * fraction));
            _progress?.Report(new ConversionProgress(Steps[step], fraction, _overall, message, preview));
        }
    }
}
