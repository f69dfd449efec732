#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Scene;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.Events;
using Vector3 = UnityEngine.Vector3;
using EventKind = Showfloor.V1.EventKind;
using Size = Showfloor.V1.Size;

namespace Showfloor.AR
{
    /// <summary>Where a product stands relative to its packaging.</summary>
    public enum TargetPlacement
    {
        /// <summary>On the picture.</summary>
        OnTarget,

        /// <summary>In front of the lower edge of the picture.</summary>
        Beside,
    }

    /// <summary>Shows a product on or beside its packaging, in its true size, while the packaging is tracked; several, side by
    /// side, to compare them. Products live outside Vuforia's target object, so they outlast it.</summary>
    [AddComponentMenu("Showfloor/AR/Targeted Product")]
    [DefaultExecutionOrder(1000)]
    public sealed class TargetedProduct : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("The packaging.")]
        private PackagingTarget? _target;

        [SerializeField, Tooltip("Product, or asset, that is shown.")]
        private string _productId = "";

        [SerializeField, Tooltip("Where it stands.")]
        private TargetPlacement _placement = TargetPlacement.Beside;

        [SerializeField, Tooltip("Whether the packaging hides what lies behind it, as a box of its depth.")]
        private bool _packagingHides;

        [SerializeField, Min(0f), Tooltip("Depth of the packaging behind the picture, metres; for hiding.")]
        private float _packagingDepth = 0.05f;

        [SerializeField, Tooltip("A product was seen in its place for the first time: its id.")]
        private UnityEvent<string> _placed = new UnityEvent<string>();

        [SerializeField, Tooltip("Other products are there: the id of the first.")]
        private UnityEvent<string> _shown = new UnityEvent<string>();

        private readonly List<ProductModel> _models = new List<ProductModel>();
        private readonly HashSet<string> _announced = new HashSet<string>();
        private CancellationTokenSource? _work;
        private bool _allAnnounced;
        private GameObject? _anchor;
        private GameObject? _hider;

        /// <summary>A product was seen in its place for the first time.</summary>
        public UnityEvent<string> Placed => _placed;

        /// <summary>Other products are there, whoever asked for them: the id of the first.</summary>
        public UnityEvent<string> Shown => _shown;

        /// <summary>The product, or the first of several; null before it is loaded.</summary>
        public ProductModel? Model => _models.Count > 0 && _models[0] != null ? _models[0] : null;

        /// <summary>All products that are shown.</summary>
        public IReadOnlyList<ProductModel> Models => _models;

        /// <summary>Limits of the first product's scale, from its true size.</summary>
        public ScaleLimits Limits { get; private set; } = ScaleLimits.TrueSize;

        /// <summary>Product, or asset, that is shown; takes effect with the next <see cref="ShowAsync(CancellationToken, IProgress{LoadProgress})"/>.</summary>
        public string ProductId
        {
            get => _productId;
            set => _productId = value;
        }

        /// <summary>What it works with, where it is made by script.</summary>
        public void Use(ShowfloorClient client, PackagingTarget target)
        {
            _client = client;
            _target = target;
        }

        /// <summary>Loads the product and shows it as soon as the packaging is tracked.</summary>
        /// <exception cref="ShowfloorException">It cannot be loaded.</exception>
        public async Task<ProductModel> ShowAsync(
            CancellationToken cancellationToken = default, IProgress<LoadProgress>? progress = null)
        {
            await ShowAsync(new[] { _productId }, cancellationToken, progress);
            return _models[0];
        }

        /// <summary>Loads products and shows them side by side. What was shown before stays until all are there.</summary>
        /// <exception cref="ShowfloorException">One cannot be loaded; then nothing changes.</exception>
        public async Task ShowAsync(
            IReadOnlyList<string> productIds, CancellationToken cancellationToken = default, IProgress<LoadProgress>? progress = null)
        {
            if (_client == null || _target == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "CLIENT_MISSING",
                    "The product '" + name + "' lacks a client or a target.",
                    "Assign both to the component.");
            }
            if (productIds.Count == 0)
            {
                return;
            }
            _work?.Cancel();
            var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _work = work;
            if (_anchor == null)
            {
                _anchor = new GameObject("Product anchor");
            }
            var loaded = new List<ProductModel>();
            try
            {
                foreach (string id in productIds)
                {
                    loaded.Add(await _client.LoadAsync(id, _anchor.transform, work.Token, progress));
                }
                work.Token.ThrowIfCancellationRequested();
            }
            catch
            {
                Remove(loaded);
                throw;
            }
            Remove(_models);
            _models.AddRange(loaded);
            _productId = productIds[0];
            Limits = LimitsOf(_models[0]);
            _allAnnounced = false;
            Line();
            Follow();
            _shown.Invoke(_productId);
        }

        /// <summary>Says again that the products were placed, when they are seen next.</summary>
        public void AnnounceAgain()
        {
            _announced.Clear();
            _allAnnounced = false;
        }

        private static ScaleLimits LimitsOf(ProductModel model)
        {
            bool known = model.Asset != null && model.Asset.SizeKnown;
            return known ? ScaleLimits.For(model.Asset!.Size ?? new Size()) : new ScaleLimits(0.1f, 10f);
        }

        private static void Remove(List<ProductModel> models)
        {
            foreach (ProductModel model in models)
            {
                if (model != null)
                {
                    Destroy(model.gameObject);
                }
            }
            models.Clear();
        }

        private void Line()
        {
            var extents = new List<(float Left, float Right)>();
            foreach (ProductModel model in _models)
            {
                extents.Add((model.LocalBounds.min.x, model.LocalBounds.max.x));
            }
            float[] at = _models.Count > 1 ? LineUp.Along(extents) : new float[_models.Count];
            for (int i = 0; i < at.Length; i++)
            {
                _models[i].transform.localPosition = new Vector3(at[i], 0f, 0f);
            }
        }

        private void LateUpdate() => Follow();

        /// <summary>Vuforia's image targets lie in their XZ plane: +Y points out of the picture, +Z to its upper edge.</summary>
        private void Follow()
        {
            if (_anchor == null || _target == null)
            {
                return;
            }
            bool visible = _target.IsUsable && _target.Target != null;
            _anchor.SetActive(visible);
            if (_hider != null)
            {
                _hider.SetActive(visible);
            }
            if (!visible)
            {
                return;
            }
            Transform picture = _target.Target!.transform;
            float depth = Model != null ? Model.LocalBounds.size.z : 0f;
            TargetPose pose = TargetPose.Of(
                Wide(picture.position), Wide(picture.up), Wide(picture.forward), _target.HeightMetres, depth, _placement == TargetPlacement.Beside);
            _anchor.transform.SetPositionAndRotation(
                new Vector3(pose.Position.X, pose.Position.Y, pose.Position.Z),
                Quaternion.LookRotation(new Vector3(pose.Forward.X, pose.Forward.Y, pose.Forward.Z), new Vector3(pose.Up.X, pose.Up.Y, pose.Up.Z)));
            Hide(picture);
            if (!_allAnnounced)
            {
                _allAnnounced = true; // each name that Unity is asked for is garbage: not in every frame
                Announce();
            }
        }

        private void Announce()
        {
            foreach (ProductModel model in _models)
            {
                if (model != null && _announced.Add(model.gameObject.name))
                {
                    _client!.Record(EventKind.ArPlaced, model.gameObject.name);
                    _placed.Invoke(model.gameObject.name);
                }
            }
        }

        private static System.Numerics.Vector3 Wide(Vector3 value) => new System.Numerics.Vector3(value.x, value.y, value.z);

        private void Hide(Transform picture)
        {
            if (!_packagingHides)
            {
                return;
            }
            if (_hider == null)
            {
                _hider = GameObject.CreatePrimitive(PrimitiveType.Cube);
                _hider.name = "Packaging";
                Destroy(_hider.GetComponent<Collider>());
                try
                {
                    _hider.AddComponent<Occluder>().Apply();
                }
                catch (ShowfloorException error)
                {
                    _packagingHides = false;
                    Destroy(_hider);
                    Debug.LogError("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
                    return;
                }
            }
            _hider.transform.localScale = new Vector3(_target!.WidthMetres, _packagingDepth, _target.HeightMetres);
            _hider.transform.SetPositionAndRotation(
                picture.position + (picture.rotation * new Vector3(0f, -_packagingDepth / 2f, 0f)), picture.rotation);
        }

        private void OnDestroy()
        {
            _work?.Cancel();
            if (_anchor != null)
            {
                Destroy(_anchor);
            }
            if (_hider != null)
            {
                Destroy(_hider);
            }
        }
    }
}
