#nullable enable
using Showfloor.V1;

namespace Showfloor.Assets
{
    /// <summary>One level of detail, whole and verified.</summary>
    public sealed class LoadedLod
    {
        internal LoadedLod(Asset asset, Variant variant, Lod lod, byte[] data, bool last)
        {
            Asset = asset;
            Variant = variant;
            Lod = lod;
            Data = data;
            IsLast = last;
        }

        /// <summary>The asset.</summary>
        public Asset Asset { get; }

        /// <summary>The variant that the file belongs to.</summary>
        public Variant Variant { get; }

        /// <summary>The file; level 0 is the finest.</summary>
        public Lod Lod { get; }

        /// <summary>A whole GLB.</summary>
        public byte[] Data { get; }

        /// <summary>Whether no finer one follows.</summary>
        public bool IsLast { get; }
    }

    /// <summary>How far a download is.</summary>
    public readonly struct DownloadProgress
    {
        internal DownloadProgress(long received, long total, Job? preparing)
        {
            ReceivedBytes = received;
            TotalBytes = total;
            Preparing = preparing;
        }

        /// <summary>Bytes that have arrived, those of earlier attempts included.</summary>
        public long ReceivedBytes { get; }

        /// <summary>Bytes of all files; 0 while it is not known.</summary>
        public long TotalBytes { get; }

        /// <summary>The job that makes the variant, while it is being made.</summary>
        public Job? Preparing { get; }

        /// <summary>0 to 1.</summary>
        public double Fraction => TotalBytes == 0 ? 0 : (double)ReceivedBytes / TotalBytes;
    }
}
