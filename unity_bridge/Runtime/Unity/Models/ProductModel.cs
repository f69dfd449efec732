#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Scene;
using Showfloor.V1;
using UnityEngine;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.Unity.Models
{
    /// <summary>A product in the scene with its levels of detail. A finer level takes over in one frame, once it is whole:
    /// there is never a frame with two, or with none.</summary>
    [AddComponentMenu("Showfloor/Product Model")]
    [DisallowMultipleComponent]
    [ExecuteAlways]
    public sealed class ProductModel : MonoBehaviour
    {
        private readonly SortedList<int, LoadedModel> _levels = new SortedList<int, LoadedModel>();
        private readonly List<string> _warnings = new List<string>();
        private readonly TaskCompletionSource<bool> _complete =
            new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly CancellationTokenSource _life = new CancellationTokenSource();
        private BoxCollider? _collider;

        /// <summary>A level was shown; its number. 0 is the finest.</summary>
        public event Action<int>? LevelShown;

        /// <summary>The asset; null before the first level is shown.</summary>
        public Asset? Asset { get; private set; }

        /// <summary>The variant that the levels belong to.</summary>
        public Variant? Variant { get; private set; }

        /// <summary>Finest level that is there; -1: none.</summary>
        public int FinestLevel => _levels.Count == 0 ? -1 : _levels.Keys[0];

        /// <summary>Number of levels that are there.</summary>
        public int LevelCount => _levels.Count;

        /// <summary>Materials variants that can be switched to.</summary>
        public IReadOnlyList<string> MaterialVariants =>
            _levels.Count == 0 ? Array.Empty<string>() : _levels.Values[0].Variants;

        /// <summary>The materials variant that is shown; empty: the default.</summary>
        public string MaterialVariant { get; private set; } = "";

        /// <summary>What could not be loaded, such as a texture.</summary>
        public IReadOnlyList<string> Warnings => _warnings;

        /// <summary>Ends when the finest level is shown; fails with what went wrong before it.</summary>
        public Task Completed => _complete.Task;

        /// <summary>Bounds of what is shown, in the space of this object, metres.</summary>
        public Bounds LocalBounds { get; private set; }

        /// <summary>Cancelled when the object is destroyed.</summary>
        internal CancellationToken Life => _life.Token;

        /// <summary>Switches all levels, also those that are still to come, to a materials variant.</summary>
        /// <param name="name">One of <see cref="MaterialVariants"/>; empty: the default. Another changes nothing.</param>
        /// <param name="cancellationToken">Ends it.</param>
        public async Task SetMaterialVariantAsync(string name, CancellationToken cancellationToken = default)
        {
            if (name.Length > 0 && !Contains(MaterialVariants, name))
            {
                return;
            }
            MaterialVariant = name;
            foreach (LoadedModel level in new List<LoadedModel>(_levels.Values))
            {
                await level.SetVariantAsync(name, cancellationToken);
            }
        }

        /// <summary>Shows a further level. Call it on the main thread.</summary>
        internal async Task ShowAsync(Asset asset, Variant variant, int level, LoadedModel model, bool collider)
        {
            string dressed = "";
            try
            {
                while (dressed != MaterialVariant)
                {
                    dressed = MaterialVariant;
                    await model.SetVariantAsync(dressed, Life);
                }
            }
            catch
            {
                model.Dispose();
                throw;
            }
            if (this == null)
            {
                model.Dispose();
                return;
            }
            LoadedModel? replaced = null;
            bool changed = Variant != null && Variant.Etag != variant.Etag;
            var outdated = changed ? new List<LoadedModel>(_levels.Values) : new List<LoadedModel>();
            if (changed)
            {
                _levels.Clear();
            }
            else if (_levels.TryGetValue(level, out replaced))
            {
                outdated.Add(replaced);
            }
            Asset = asset;
            Variant = variant;
            _levels[level] = model;
            _warnings.AddRange(model.Warnings);
            model.Root.SetActive(true);
            Arrange(collider);
            foreach (LoadedModel old in outdated)
            {
                old.Root.SetActive(false);
                old.Dispose();
            }
            LevelShown?.Invoke(level);
        }

        internal void SetCompleted(Exception? error)
        {
            if (error is null)
            {
                _complete.TrySetResult(true);
            }
            else if (error is OperationCanceledException)
            {
                _complete.TrySetCanceled();
            }
            else
            {
                _complete.TrySetException(error);
                _ = _complete.Task.Exception;
            }
        }

        /// <summary>Frees everything; for an object that is gone as well.</summary>
        internal void Free()
        {
            _life.Cancel();
            SetCompleted(new OperationCanceledException());
            foreach (LoadedModel level in _levels.Values)
            {
                level.Dispose();
            }
            _levels.Clear();
        }

        private static bool Contains(IReadOnlyList<string> names, string name)
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (names[i] == name)
                {
                    return true;
                }
            }
            return false;
        }

        private void OnDestroy() => Free();

        private void Arrange(bool collider)
        {
            var triangles = new List<long>();
            foreach (int level in _levels.Keys)
            {
                triangles.Add(Triangles(level));
            }
            float[] heights = LodTransitions.Heights(triangles);
            heights[heights.Length - 1] = 0f;
            var lods = new LOD[_levels.Count];
            for (int i = 0; i < lods.Length; i++)
            {
                lods[i] = new LOD(heights[i], _levels.Values[i].Root.GetComponentsInChildren<Renderer>(true));
            }
            LODGroup group = gameObject.GetComponent<LODGroup>();
            if (group == null)
            {
                group = gameObject.AddComponent<LODGroup>();
            }
            group.SetLODs(lods);
            group.RecalculateBounds();
            LocalBounds = Measure(_levels.Values[0].Root);
            if (collider)
            {
                if (_collider == null)
                {
                    _collider = gameObject.AddComponent<BoxCollider>();
                }
                _collider.center = LocalBounds.center;
                _collider.size = LocalBounds.size;
            }
        }

        private long Triangles(int level)
        {
            foreach (Lod lod in Variant!.Lods)
            {
                if (lod.Level == level)
                {
                    return lod.Triangles;
                }
            }
            return 0;
        }

        private Bounds Measure(GameObject root)
        {
            Bounds bounds = default;
            bool any = false;
            foreach (Renderer renderer in root.GetComponentsInChildren<Renderer>(true))
            {
                Bounds own = renderer.localBounds;
                for (int corner = 0; corner < 8; corner++)
                {
                    var local = new Vector3(
                        (corner & 1) == 0 ? own.min.x : own.max.x,
                        (corner & 2) == 0 ? own.min.y : own.max.y,
                        (corner & 4) == 0 ? own.min.z : own.max.z);
                    Vector3 here = transform.InverseTransformPoint(renderer.transform.TransformPoint(local));
                    var point = new Bounds(here, Vector3.zero);
                    if (any)
                    {
                        bounds.Encapsulate(point);
                    }
                    else
                    {
                        bounds = point;
                        any = true;
                    }
                }
            }
            return bounds;
        }
    }
}
