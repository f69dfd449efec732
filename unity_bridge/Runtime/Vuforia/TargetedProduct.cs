#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Scene;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using UnityEngine;
using Vector3 = UnityEngine.Vector3;
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

    /// <summary>Shows a product on or beside its packaging, in its true size, while the packaging is tracked.</summary>
    [AddComponentMenu("Showfloor/AR/Targeted Product")]
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

        private CancellationTokenSource? _work;
        private GameObject? _anchor;
        private GameObject? _hider;

        /// <summary>The product; null before it is loaded.</summary>
        public ProductModel? Model { get; private set; }

        /// <summary>Limits of its scale, from its true size.</summary>
        public ScaleLimits Limits { get; private set; } = ScaleLimits.TrueSize;

        /// <summary>Product, or asset, that is shown.</summary>
        public string ProductId
        {
            get => _productId;
            set => _productId = value;
        }

        /// <summary>Loads the product and shows it as soon as the packaging is tracked.</summary>
        /// <exception cref="ShowfloorException">It cannot be loaded.</exception>
        public async Task<ProductModel> ShowAsync(
            CancellationToken cancellationToken = default, IProgress<LoadProgress>? progress = null)
        {
            if (_client == null || _target == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "CLIENT_MISSING",
                    "The product '" + name + "' lacks a client or a target.",
                    "Assign both to the component.");
            }
            _work?.Cancel();
            var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _work = work;
            if (_anchor == null)
            {
                _anchor = new GameObject("Product anchor");
            }
            ProductModel model = await _client.LoadAsync(_productId, _anchor.transform, work.Token, progress);
            if (Model != null)
            {
                Destroy(Model.gameObject);
            }
            Model = model;
            bool known = model.Asset != null && model.Asset.SizeKnown;
            Limits = known ? ScaleLimits.For(model.Asset!.Size ?? new Size()) : new ScaleLimits(0.1f, 10f);
            Follow();
            return model;
        }

        private void LateUpdate() => Follow();

        private void Follow()
        {
            if (_anchor == null || _target == null)
            {
                return;
            }
            bool visible = _target.IsUsable && _target.Target != null;
            _anchor.SetActive(visible);
            if (!visible)
            {
                return;
            }
            Transform picture = _target.Target!.transform;
            Attach(picture);
            Vector3 at = Vector3.zero;
            if (_placement == TargetPlacement.Beside && Model != null)
            {
                Size size = GltfSpace.ToSize(Model.LocalBounds.size);
                System.Numerics.Vector3 beside = Placement.BesideTarget(
                    System.Numerics.Vector3.Zero, new System.Numerics.Vector3(0, 0, -1), _target.HeightMetres, size);
                at = new Vector3(beside.X, beside.Y, beside.Z);
            }
            _anchor.transform.localPosition = at;
        }

        /// <summary>Vuforia's image targets lie in their XZ plane: +Y points out of the picture, +Z to its upper edge.</summary>
        private void Attach(Transform picture)
        {
            if (_anchor!.transform.parent != picture)
            {
                _anchor.transform.SetParent(picture, false);
            }
            if (_packagingHides && _hider == null)
            {
                _hider = GameObject.CreatePrimitive(PrimitiveType.Cube);
                _hider.name = "Packaging";
                _hider.transform.SetParent(picture, false);
                _hider.transform.localScale = new Vector3(_target!.WidthMetres, _packagingDepth, _target.HeightMetres);
                _hider.transform.localPosition = new Vector3(0f, -_packagingDepth / 2f, 0f);
                _hider.AddComponent<Occluder>().Apply();
            }
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
