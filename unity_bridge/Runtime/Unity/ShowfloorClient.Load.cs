#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Assets;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;

namespace Showfloor.Unity
{
    public sealed partial class ShowfloorClient
    {
        /// <summary>Loads a product, or an asset by its own id ("ast_…"), as a child of <paramref name="parent"/>. Returns
        /// when the coarsest level is shown; finer ones replace it as they arrive, see
        /// <see cref="ProductModel.Completed"/>.</summary>
        /// <param name="id">Id of a product (its current asset is loaded) or of an asset.</param>
        /// <param name="parent">What gets the model. Destroying it ends the load.</param>
        /// <param name="cancellationToken">Ends the load. Before the return nothing is left behind; afterwards what is
        /// shown stays.</param>
        /// <param name="progress">Told of each step, on the main thread.</param>
        /// <param name="options">How. Optional.</param>
        /// <exception cref="ShowfloorException">It cannot be loaded.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled, or the parent destroyed.</exception>
        public async Task<ProductModel> LoadAsync(
            string id,
            Transform parent,
            CancellationToken cancellationToken = default,
            IProgress<LoadProgress>? progress = null,
            LoadOptions? options = null)
        {
            if (string.IsNullOrEmpty(id))
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument, "ID_MISSING", "No product was named.", "Give the id of a product or of an asset.");
            }
            options ??= new LoadOptions();
            var root = new GameObject(id);
            ProductModel model = root.AddComponent<ProductModel>(); // before it may become inactive: else it is never told of its end
            root.transform.SetParent(parent, false);
            if (!Application.isPlaying)
            {
                root.hideFlags = HideFlags.DontSave;
            }
            var first = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task all = StreamAsync(id, model, options, progress, first, cancellationToken);
            _ = all.ContinueWith(ended => _ = ended.Exception, TaskContinuationOptions.OnlyOnFaulted);
            try
            {
                await (options.WaitForFinest ? all : Task.WhenAny(first.Task, all));
                if (model.LevelCount == 0)
                {
                    await all;
                    cancellationToken.ThrowIfCancellationRequested();
                    throw new OperationCanceledException("The model was destroyed while it was loaded.");
                }
                return model;
            }
            catch
            {
                if (root != null)
                {
                    DestroyNow(root);
                }
                throw;
            }
        }

        private static void DestroyNow(GameObject root)
        {
            if (Application.isPlaying)
            {
                Destroy(root);
            }
            else
            {
                DestroyImmediate(root);
            }
        }

        private async Task StreamAsync(
            string id,
            ProductModel model,
            LoadOptions options,
            IProgress<LoadProgress>? progress,
            TaskCompletionSource<bool> first,
            CancellationToken cancellationToken)
        {
            var report = new LoadReport(progress);
            try
            {
                using (var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, model.Life))
                {
                    var source = new AssetSource(Channel, Cache, Settings.Patience);
                    var download = new Progress<DownloadProgress>(now => report.Download(now, model.FinestLevel));
                    IAsyncEnumerable<SourcedLod> lods = source.LodsAsync(Request(id, options), options.Cache, download, ends.Token);
                    await foreach (SourcedLod lod in lods)
                    {
                        await ShowAsync(model, lod, options, ends.Token);
                        report.Shown(lod.Lod.Level);
                        if (first.TrySetResult(true) && id == lod.Asset.ProductId)
                        {
                            Record(EventKind.Exposure, id);
                        }
                    }
                }
                model.SetCompleted(null);
                report.Complete(id, model.FinestLevel);
            }
            catch (Exception error)
            {
                report.End();
                if (model == null)
                {
                    model!.Free();
                    throw error is OperationCanceledException ? error : new OperationCanceledException("The model was destroyed while it was loaded.", error);
                }
                model.SetCompleted(error);
                if (first.Task.IsCompleted && error is ShowfloorException known)
                {
                    Debug.LogWarning("Showfloor: a finer level of " + id + " is missing: " + known.Code + ": " + known.Message + " " + known.Fix, model);
                }
                throw;
            }
        }

        private async Task ShowAsync(ProductModel model, SourcedLod lod, LoadOptions options, CancellationToken cancellationToken)
        {
            if (model == null)
            {
                throw new OperationCanceledException("The model was destroyed while it was loaded.");
            }
            _budget ??= new FrameBudgetAgent(Settings.FrameBudgetMs);
            LoadedModel loaded = await ModelLoader.LoadAsync(
                lod.Data, model.transform, "LOD" + lod.Lod.Level, _budget, cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                loaded.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
            }
            await model.ShowAsync(lod.Asset, lod.Variant, lod.Lod.Level, loaded, options.Collider);
        }

        private AssetRequest Request(string id, LoadOptions options)
        {
            var request = new AssetRequest
            {
                Profile = options.Profile.Length > 0 ? options.Profile : Settings.Profile,
                FinestLod = options.FinestLod,
            };
            if (id.StartsWith("ast_", StringComparison.Ordinal))
            {
                request.AssetId = id;
            }
            else
            {
                request.ProductId = id;
            }
            request.ReadableExtensions.AddRange(ModelLoader.ReadableExtensions);
            return request;
        }
    }
}
