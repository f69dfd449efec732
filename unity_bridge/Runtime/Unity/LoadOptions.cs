#nullable enable
namespace Showfloor.Unity
{
    /// <summary>How the disk cache is used.</summary>
    public enum CacheUse
    {
        /// <summary>The server says whether what is on the disk is still right; without a server it is used as it is.</summary>
        Check,

        /// <summary>What is on the disk is used without asking.</summary>
        Trust,

        /// <summary>Everything is fetched, and nothing is kept.</summary>
        Ignore,
    }

    /// <summary>How an asset is loaded.</summary>
    public sealed class LoadOptions
    {
        /// <summary>Profile of the device. Default: that of the settings.</summary>
        public string Profile { get; set; } = "";

        /// <summary>Finest LOD that is wanted; 0: all of them.</summary>
        public int FinestLod { get; set; }

        /// <summary>Whether to return only when the finest LOD is shown, not when the first is. Default: false.</summary>
        public bool WaitForFinest { get; set; }

        /// <summary>Whether the model gets a box collider. Default: true.</summary>
        public bool Collider { get; set; } = true;

        /// <summary>How the disk cache is used.</summary>
        public CacheUse Cache { get; set; } = CacheUse.Check;
    }

    /// <summary>What loading does now.</summary>
    public enum LoadStage
    {
        /// <summary>The server makes the variant for this device.</summary>
        Preparing,

        /// <summary>Bytes arrive.</summary>
        Downloading,

        /// <summary>A level of detail is shown.</summary>
        Shown,

        /// <summary>The finest level is shown.</summary>
        Complete,
    }

    /// <summary>How far loading is. Reported on the main thread.</summary>
    public readonly struct LoadProgress
    {
        internal LoadProgress(LoadStage stage, float fraction, int level, string message)
        {
            Stage = stage;
            Fraction = fraction;
            Level = level;
            Message = message;
        }

        /// <summary>What loading does now.</summary>
        public LoadStage Stage { get; }

        /// <summary>0 to 1 of the whole load; it never falls.</summary>
        public float Fraction { get; }

        /// <summary>Level that was shown last; 0 is the finest, -1: none yet.</summary>
        public int Level { get; }

        /// <summary>For people.</summary>
        public string Message { get; }
    }
}
