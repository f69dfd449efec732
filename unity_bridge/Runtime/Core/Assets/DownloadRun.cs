#nullable enable
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Assets
{
    /// <summary>One enumeration of a download: messages in, whole files out.</summary>
    internal sealed class DownloadRun
    {
        private const long MaxArrayBytes = 0x7fffffc7;
        private readonly PartialAsset _partial;
        private readonly int _finest;
        private readonly long _maxLodBytes;
        private readonly IProgress<DownloadProgress>? _progress;
        private readonly HashSet<int> _delivered = new HashSet<int>();
        private readonly HashSet<int> _wereDamaged = new HashSet<int>();
        private StreamHeader? _header;
        private int _wanted;
        private long _total;
        private bool _forgotten;

        public DownloadRun(PartialAsset partial, int finest, long maxLodBytes, IProgress<DownloadProgress>? progress)
        {
            _partial = partial;
            _finest = finest;
            _maxLodBytes = Math.Min(maxLodBytes, MaxArrayBytes);
            _progress = progress;
        }

        /// <summary>Whether every file has been handed out.</summary>
        public bool Complete => _header != null && _delivered.Count >= _wanted;

        /// <summary>Whether the file that ended last was damaged and shall be sent again.</summary>
        public bool Damaged { get; private set; }

        /// <summary>Once: forgets what was there when the server says that it cannot be right.</summary>
        public bool Forget(ShowfloorException error)
        {
            if (error.Code != "RESUME_INVALID" || _forgotten)
            {
                return false;
            }
            _forgotten = true;
            _partial.Clear();
            return true;
        }

        /// <summary>Whether a message brings something that was not there before.</summary>
        public bool IsProgress(StreamAssetResponse message)
        {
            switch (message.EventCase)
            {
                case StreamAssetResponse.EventOneofCase.Chunk:
                case StreamAssetResponse.EventOneofCase.Preparing:
                    return true;
                case StreamAssetResponse.EventOneofCase.LodEnd:
                    return !_delivered.Contains(message.LodEnd!.Level);
                default:
                    return false;
            }
        }

        /// <summary>Takes one message in; answers the file that it completes.</summary>
        public async ValueTask<LoadedLod?> TakeAsync(StreamAssetResponse message)
        {
            Damaged = false;
            switch (message.EventCase)
            {
                case StreamAssetResponse.EventOneofCase.Chunk:
                    Append(message.Chunk!);
                    return null;
                case StreamAssetResponse.EventOneofCase.Header:
                    Begin(message.Header!);
                    return null;
                case StreamAssetResponse.EventOneofCase.LodEnd:
                    return await EndAsync(message.LodEnd!.Level).ConfigureAwait(false);
                case StreamAssetResponse.EventOneofCase.Preparing:
                    _progress?.Report(new DownloadProgress(0, 0, message.Preparing));
                    return null;
                default:
                    return null;
            }
        }

        /// <summary>The server says that it has sent everything.</summary>
        public void CheckEnd()
        {
            if (!Complete && !Damaged)
            {
                throw RpcErrors.Protocol("the stream of the asset ended before its last file");
            }
        }

        private void Begin(StreamHeader header)
        {
            if (header.Asset is null || header.Variant is null)
            {
                throw RpcErrors.Protocol("the header of the asset names no variant");
            }
            if (!header.Resumed)
            {
                _delivered.Clear();
            }
            _header = header;
            _partial.Begin(header.Variant, header.Resumed);
            int coarsest = 0;
            foreach (Lod lod in header.Variant.Lods)
            {
                coarsest = Math.Max(coarsest, lod.Level);
            }
            _wanted = 0;
            _total = 0;
            foreach (Lod lod in header.Variant.Lods)
            {
                if (lod.SizeBytes < 0 || lod.SizeBytes > _maxLodBytes)
                {
                    throw new ShowfloorException(
                        RpcStatus.ResourceExhausted,
                        "ASSET_TOO_LARGE",
                        "Level " + lod.Level + " has " + lod.SizeBytes + " bytes; " + _maxLodBytes + " are taken in at most.",
                        "Ask for another profile or a coarser level, or raise MaxLodBytes.");
                }
                if (lod.Level >= Math.Min(_finest, coarsest))
                {
                    _wanted++;
                    _total += lod.SizeBytes;
                }
            }
            Report();
        }

        private void Append(Chunk chunk)
        {
            PartialLod lod = _partial.Open(Find(chunk.Level));
            if (chunk.Offset != lod.Received || chunk.Data.Length > lod.SizeBytes - lod.Received)
            {
                throw RpcErrors.Protocol(
                    chunk.Data.Length + " bytes at " + chunk.Offset + " do not follow the " + lod.Received + " of "
                    + lod.SizeBytes + " bytes of level " + chunk.Level);
            }
            lod.Append(chunk.Data);
            Report();
        }

        private async ValueTask<LoadedLod?> EndAsync(int level)
        {
            Lod lod = Find(level);
            PartialLod held = _partial.Open(lod);
            if (_delivered.Contains(level))
            {
                return null;
            }
            if (!await held.VerifyAsync().ConfigureAwait(false))
            {
                held.Reset();
                if (!_wereDamaged.Add(level))
                {
                    throw new ShowfloorException(
                        RpcStatus.DataLoss,
                        "ASSET_DAMAGED",
                        "The bytes of level " + level + " do not have the SHA-256 " + lod.Sha256 + ".",
                        "Check the network and the server's storage; then try again.");
                }
                Damaged = true;
                return null;
            }
            _delivered.Add(level);
            return new LoadedLod(_header!.Asset!, _header.Variant!, lod, held.Data, Complete);
        }

        private Lod Find(int level) =>
            _header?.Variant!.Lods.Find(lod => lod.Level == level)
            ?? throw RpcErrors.Protocol("it sends level " + level + ", which the header does not name");

        private void Report() => _progress?.Report(new DownloadProgress(_partial.ReceivedBytes, _total, null));
    }
}
