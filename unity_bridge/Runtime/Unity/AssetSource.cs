#nullable enable
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Assets;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Unity
{
    /// <summary>One level of detail, from the disk or from the server.</summary>
    internal sealed class SourcedLod
    {
        public SourcedLod(Asset asset, Variant variant, Lod lod, byte[] data)
        {
            Asset = asset;
            Variant = variant;
            Lod = lod;
            Data = data;
        }

        public Asset Asset { get; }

        public Variant Variant { get; }

        public Lod Lod { get; }

        public byte[] Data { get; }
    }

    /// <summary>The levels of an asset, the coarsest first, from the disk cache where it holds them.</summary>
    internal sealed class AssetSource
    {
        private static readonly TimeSpan PatienceWithCache = TimeSpan.FromSeconds(2);
        private readonly RpcChannel _channel;
        private readonly DiskCache? _cache;
        private readonly TimeSpan _patience;

        public AssetSource(RpcChannel channel, DiskCache? cache, TimeSpan patience)
        {
            _channel = channel;
            _cache = cache;
            _patience = patience;
        }

        public async IAsyncEnumerable<SourcedLod> LodsAsync(
            AssetRequest request,
            CacheUse use,
            IProgress<DownloadProgress>? progress,
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            string id = request.AssetId.Length > 0 ? request.AssetId : request.ProductId;
            DiskCache? cache = use == CacheUse.Ignore ? null : _cache;
            CachedAsset? cached = cache is null ? null : await cache.FindAsync(id, request.Profile).ConfigureAwait(false);
            bool whole = cached != null && cached.Has(request.FinestLod);
            if (cached != null && whole && use == CacheUse.Trust)
            {
                foreach (SourcedLod lod in Cached(cached, request.FinestLod))
                {
                    yield return lod;
                }
                yield break;
            }
            var options = new DownloadOptions { Patience = whole ? PatienceWithCache : _patience };
            var download = new AssetDownload(_channel, request, options, cached?.ToPartial());
            bool offline = false;
            await using (IAsyncEnumerator<LoadedLod> lods =
                download.LodsAsync(progress, cancellationToken).GetAsyncEnumerator(cancellationToken))
            {
                bool any = false;
                while (!offline)
                {
                    try
                    {
                        // On another thread: bytes that came while a level was shown would else be read within a frame.
                        if (!await Task.Run(() => lods.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
                        {
                            break;
                        }
                    }
                    catch (ShowfloorException error) when (whole && !any && error.Transient)
                    {
                        offline = true;
                        break;
                    }
                    any = true;
                    LoadedLod lod = lods.Current;
                    Task kept = cache != null && !Holds(cached, lod)
                        ? cache.PutAsync(id, request.Profile, lod)
                        : Task.CompletedTask;
                    yield return new SourcedLod(lod.Asset, lod.Variant, lod.Lod, lod.Data);
                    await kept.ConfigureAwait(false);
                }
            }
            if (offline)
            {
                foreach (SourcedLod lod in Cached(cached!, request.FinestLod))
                {
                    yield return lod;
                }
            }
        }

        private static bool Holds(CachedAsset? cached, LoadedLod lod) =>
            cached != null && cached.Variant.Etag == lod.Variant.Etag && cached.Asset.Etag == lod.Asset.Etag
            && cached.Files.ContainsKey(lod.Lod.Level);

        private static IEnumerable<SourcedLod> Cached(CachedAsset cached, int finest)
        {
            var lods = new List<Lod>(cached.Variant.Lods);
            lods.Sort((a, b) => b.Level.CompareTo(a.Level));
            for (int i = 0; i < lods.Count; i++)
            {
                if ((lods[i].Level >= finest || i == 0) && cached.Files.TryGetValue(lods[i].Level, out byte[] data))
                {
                    yield return new SourcedLod(cached.Asset, cached.Variant, lods[i], data);
                }
            }
        }
    }
}
