#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Assets;
using Showfloor.Captures;
using Showfloor.Jobs;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Editor
{
    /// <summary>Which side of a product is known.</summary>
    public enum KnownSide
    {
        /// <summary>None: the prefab has the right proportions and no true size.</summary>
        None,

        /// <summary>Its height.</summary>
        Height,

        /// <summary>Its width.</summary>
        Width,

        /// <summary>Its depth.</summary>
        Depth,

        /// <summary>A printed ArUco marker beside it.</summary>
        Marker,
    }

    /// <summary>What a conversion shall make.</summary>
    public sealed class ConversionOptions
    {
        /// <summary>Target profile: quest3, quest2, mobile-ar, web, desktop or source.</summary>
        public string Profile { get; set; } = "quest3";

        /// <summary>Which side is known.</summary>
        public KnownSide Side { get; set; } = KnownSide.None;

        /// <summary>Length of that side, centimetres, 0.1 to 10,000.</summary>
        public double SideCm { get; set; }

        /// <summary>Product of the catalogue that gets the asset. Optional.</summary>
        public string ProductId { get; set; } = "";

        /// <summary>How the prefab is made.</summary>
        public PrefabOptions Prefab { get; set; } = new PrefabOptions();
    }

    /// <summary>How far a conversion is.</summary>
    public readonly struct ConversionProgress
    {
        internal ConversionProgress(string step, double fraction, double overall, string message, byte[]? preview)
        {
            Step = step;
            Fraction = fraction;
            Overall = overall;
            Message = message;
            Preview = preview;
        }

        /// <summary>Uploading, Converting, Downloading or Importing.</summary>
        public string Step { get; }

        /// <summary>0 to 1 of the step.</summary>
        public double Fraction { get; }

        /// <summary>0 to 1 of the whole conversion; it never falls.</summary>
        public double Overall { get; }

        /// <summary>For people.</summary>
        public string Message { get; }

        /// <summary>A picture of what there is so far (JPEG or PNG); null: no new one.</summary>
        public byte[]? Preview { get; }
    }

    /// <summary>What came out.</summary>
    public sealed class ConversionResult
    {
        internal ConversionResult(Asset asset, string prefabPath)
        {
            Asset = asset;
            PrefabPath = prefabPath;
        }

        /// <summary>The asset on the server, with verdict and reasons.</summary>
        public Asset Asset { get; }

        /// <summary>Path of the prefab: "Assets/Showfloor/tin/tin.prefab".</summary>
        public string PrefabPath { get; }
    }

    /// <summary>Photos to prefab: upload, reconstruct, download, import. The editor stays usable.</summary>
    public static class Conversion
    {
        /// <summary>Converts one product. Call it on the main thread.</summary>
        /// <param name="source">Photos or a video.</param>
        /// <param name="options">What to make.</param>
        /// <param name="progress">Told of each step.</param>
        /// <param name="cancellationToken">Ends it and cancels the job on the server. What was uploaded is used again by
        /// the next try.</param>
        /// <exception cref="ShowfloorException">It failed; the fix says what to do.</exception>
        public static async Task<ConversionResult> RunAsync(
            CaptureSource source,
            ConversionOptions options,
            IProgress<ConversionProgress>? progress,
            CancellationToken cancellationToken)
        {
            ReconstructOptions reconstruct = Options(options);
            RpcChannel channel = EditorConnection.Channel;
            var report = new ConversionReport(progress);
            var uploaded = new Progress<UploadProgress>(now => report.Uploading(now.Fraction, now.File));
            Capture capture = await new CaptureUpload(channel).RunAsync(
                source.Files, source.Name, source.Kind, uploaded, cancellationToken);
            report.Converting(0, "Waiting for a worker", null);
            var pending = new PendingRequest(capture.Id, options);
            try
            {
                Job job = await new GenerationServiceClient(channel).ReconstructAsync(
                    new ReconstructRequest
                    {
                        RequestId = pending.Id,
                        CaptureId = capture.Id,
                        ProductId = options.ProductId,
                        Options = reconstruct,
                    },
                    null,
                    cancellationToken);
                var watched = new Progress<WatchJobResponse>(now => Tell(report, now));
                job = await new JobWatch(channel).WaitAsync(job.Id, watched, cancellationToken, cancelJob: true);
                ConversionResult result = await ImportAsync(channel, job.AssetId, source.Name, options, report, cancellationToken);
                pending.End();
                return result;
            }
            catch (Exception error) when (!PendingRequest.Survives(error))
            {
                pending.End();
                throw;
            }
        }

        /// <summary>Downloads an asset of the server and makes its prefab.</summary>
        /// <exception cref="ShowfloorException">It failed; the fix says what to do.</exception>
        public static Task<ConversionResult> ImportAsync(
            RpcChannel channel,
            string assetId,
            string name,
            ConversionOptions options,
            IProgress<ConversionProgress>? progress,
            CancellationToken cancellationToken) =>
            ImportAsync(channel, assetId, name, options, new ConversionReport(progress), cancellationToken);

        private static async Task<ConversionResult> ImportAsync(
            RpcChannel channel,
            string assetId,
            string name,
            ConversionOptions options,
            ConversionReport report,
            CancellationToken cancellationToken)
        {
            var told = new Progress<DownloadProgress>(now => report.Downloading(
                now.Preparing is null ? now.Fraction : now.Preparing.Fraction,
                now.Preparing is null ? (now.ReceivedBytes / 1e6).ToString("0.0") + " MB" : now.Preparing.Message));
            var download = new AssetDownload(channel, new AssetRequest { AssetId = assetId, Profile = options.Profile });
            List<LoadedLod> files = await Task.Run(() => AllAsync(download, told, cancellationToken), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            report.Importing(0.5, "Making the prefab");
            string path = PrefabBuilder.Build(name, files, options.Prefab);
            Asset asset = files[files.Count - 1].Asset;
            report.Importing(1, path);
            return new ConversionResult(asset, path);
        }

        private static async Task<List<LoadedLod>> AllAsync(
            AssetDownload download, IProgress<DownloadProgress> told, CancellationToken cancellationToken)
        {
            var files = new List<LoadedLod>();
            await foreach (LoadedLod lod in download.LodsAsync(told, cancellationToken).ConfigureAwait(false))
            {
                files.Add(lod);
            }
            return files;
        }

        private static void Tell(ConversionReport report, WatchJobResponse now)
        {
            byte[]? preview = now.Preview is null || now.Preview.MediaType == "image/webp" ? null : now.Preview.Data.ToArray();
            Job job = now.Job ?? new Job();
            string stage = job.Stage.Length > 0 ? job.Stage + ": " : "";
            string message = job.State == JobState.Queued ? "Waiting for a worker" : stage + job.Message;
            report.Converting(job.Fraction, message, preview);
        }

        private static ReconstructOptions Options(ConversionOptions options)
        {
            var result = new ReconstructOptions { Profile = options.Profile };
            if (options.Side == KnownSide.None)
            {
                return result;
            }
            if (!(options.SideCm >= 0.1) || options.SideCm > 10000)
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument,
                    "SIZE_OUT_OF_RANGE",
                    "A length of " + options.SideCm + " cm is implausible; 0.1 to 10,000 cm are taken.",
                    "Give the length in centimetres, or choose that no side is known.");
            }
            double metres = options.SideCm / 100;
            switch (options.Side)
            {
                case KnownSide.Height:
                    result.HeightM = metres;
                    break;
                case KnownSide.Width:
                    result.WidthM = metres;
                    break;
                case KnownSide.Depth:
                    result.DepthM = metres;
                    break;
                case KnownSide.Marker:
                    result.MarkerM = metres;
                    break;
            }
            return result;
        }
    }
}
