#nullable enable
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Assets
{
    /// <summary>Fetches the files of an asset, the coarsest first. Broken connections go on where they stopped; every file
    /// is checked by its SHA-256 before it is handed out.</summary>
    public sealed class AssetDownload
    {
        private readonly AssetServiceClient _client;
        private readonly AssetRequest _request;
        private readonly DownloadOptions _options;

        /// <summary>A download; nothing is sent before <see cref="LodsAsync"/>.</summary>
        /// <param name="channel">The way to the server.</param>
        /// <param name="request">Which asset.</param>
        /// <param name="options">How.</param>
        /// <param name="partial">What is there already. It is used only if the variant is still the same.</param>
        public AssetDownload(
            RpcChannel channel, AssetRequest request, DownloadOptions? options = null, PartialAsset? partial = null)
        {
            _client = new AssetServiceClient(channel);
            _request = request;
            _options = options ?? new DownloadOptions();
            Partial = partial ?? new PartialAsset();
        }

        /// <summary>What has arrived; keep it to go on later.</summary>
        public PartialAsset Partial { get; }

        /// <summary>The files as they become whole.</summary>
        /// <param name="progress">Told of each chunk, on any thread.</param>
        /// <param name="cancellationToken">Ends it; what has arrived stays in <see cref="Partial"/>.</param>
        /// <exception cref="ShowfloorException">There is no such asset, the server stayed away, or the bytes are
        /// damaged.</exception>
        public async IAsyncEnumerable<LoadedLod> LodsAsync(
            IProgress<DownloadProgress>? progress = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var run = new DownloadRun(Partial, _request.FinestLod, _options.MaxLodBytes, progress);
            var patience = new Patience(_options.Patience, _options.Retry);
            while (!run.Complete)
            {
                ShowfloorException? lost = null;
                IAsyncEnumerator<StreamAssetResponse> stream = Open(cancellationToken);
                await using (stream.ConfigureAwait(false))
                {
                    while (lost is null)
                    {
                        try
                        {
                            if (!await stream.MoveNextAsync().ConfigureAwait(false))
                            {
                                break;
                            }
                        }
                        catch (ShowfloorException error) when (error.Transient || run.Forget(error))
                        {
                            lost = error;
                            break;
                        }
                        patience.Met(run.IsProgress(stream.Current));
                        LoadedLod? whole = await run.TakeAsync(stream.Current).ConfigureAwait(false);
                        if (whole != null)
                        {
                            yield return whole;
                        }
                        else if (run.Damaged)
                        {
                            break;
                        }
                    }
                }
                if (lost != null && !run.Complete)
                {
                    await patience.WaitAsync(lost, cancellationToken).ConfigureAwait(false);
                }
                else if (lost is null)
                {
                    run.CheckEnd();
                }
            }
        }

        private IAsyncEnumerator<StreamAssetResponse> Open(CancellationToken cancellationToken)
        {
            var request = new StreamAssetRequest { Profile = _request.Profile, FinestLod = _request.FinestLod };
            if (_request.AssetId.Length > 0)
            {
                request.AssetId = _request.AssetId;
            }
            else
            {
                request.ProductId = _request.ProductId;
            }
            request.ReadableExtensions.AddRange(_request.ReadableExtensions);
            if (Partial.Etag.Length > 0)
            {
                request.ResumeEtag = Partial.Etag;
                foreach (PartialLod lod in Partial.Lods)
                {
                    request.Resume.Add(new LodProgress { Level = lod.Level, Offset = lod.Received });
                }
            }
            var options = new CallOptions
            {
                Retry = RetryPolicy.None,
                IdleTimeout = _options.IdleTimeout,
                ShareBytes = true,
            };
            return _client.StreamAsset(request, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        }
    }
}
