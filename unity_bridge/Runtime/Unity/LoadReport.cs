#nullable enable
using System;
using Showfloor.Assets;
using Showfloor.V1;

namespace Showfloor.Unity
{
    /// <summary>Progress of one load as one number that never falls, and nothing after the end. Main thread.</summary>
    internal sealed class LoadReport
    {
        private const float Made = 0.3f; // share of a load for which the variant is made first
        private const float Received = 0.95f;
        private readonly IProgress<LoadProgress>? _progress;
        private float _fraction;
        private float _begin;
        private bool _ended;

        public LoadReport(IProgress<LoadProgress>? progress) => _progress = progress;

        public void Download(DownloadProgress now, int level)
        {
            if (_progress is null || _ended)
            {
                return;
            }
            if (now.Preparing is Job job)
            {
                _begin = Made;
                Tell(LoadStage.Preparing, Made * (float)job.Fraction, level, job.Message);
                return;
            }
            string message = (now.ReceivedBytes / 1e6).ToString("0.0") + " of " + (now.TotalBytes / 1e6).ToString("0.0") + " MB";
            Tell(LoadStage.Downloading, _begin + ((Received - _begin) * (float)now.Fraction), level, message);
        }

        public void Shown(int level) => Tell(LoadStage.Shown, 0f, level, "Level " + level + " is shown.");

        public void Complete(string id, int level)
        {
            Tell(LoadStage.Complete, 1f, level, id + " is loaded.");
            End();
        }

        public void End() => _ended = true;

        private void Tell(LoadStage stage, float fraction, int level, string message)
        {
            if (_progress != null && !_ended)
            {
                _fraction = Math.Max(_fraction, fraction);
                _progress.Report(new LoadProgress(stage, _fraction, level, message));
            }
        }
    }
}
