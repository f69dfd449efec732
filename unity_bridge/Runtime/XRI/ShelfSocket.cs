#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Scene;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using UnityEngine;
using UnityEngine.XR.Interaction.Toolkit;
#if SHOWFLOOR_XRI_3
using UnityEngine.XR.Interaction.Toolkit.Interactables;
using UnityEngine.XR.Interaction.Toolkit.Interactors;
#endif

namespace Showfloor.VR
{
    /// <summary>A place on a shelf: loads its product and takes back what fits into it. It needs a trigger collider, in
    /// which products are noticed. Their base stands on this object, or on its attach transform.</summary>
    [AddComponentMenu("Showfloor/VR/Shelf Socket")]
    public sealed class ShelfSocket : XRSocketInteractor
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Product that stands here; empty: the place is free.")]
        private string _productId = "";

        [SerializeField, Tooltip("Width, height and depth of the place, metres.")]
        private Vector3 _space = new Vector3(0.5f, 0.4f, 0.4f);

        [SerializeField, Tooltip("Whether a ghost of the product in hand is drawn where it would stand. It draws all levels of detail at once.")]
        private bool _ghost;

        private CancellationTokenSource? _work;

        /// <summary>Product that stands here; empty: the place is free.</summary>
        public string ProductId
        {
            get => _productId;
            set => _productId = value;
        }

        /// <summary>Width, height and depth of the place, metres.</summary>
        public Vector3 Space
        {
            get => _space;
            set => _space = value;
        }

        /// <summary>The product that was loaded for this place, wherever it is now; null: none.</summary>
        public ProductModel? Model { get; private set; }

        /// <summary>Loads the product of this place. What stood here before goes, unless a hand holds it.</summary>
        /// <param name="client">The connection. Default: that of the component.</param>
        /// <param name="cancellationToken">Ends it before the product is shown; finer levels then come until it is gone.</param>
        /// <param name="progress">Told of each step.</param>
        /// <exception cref="ShowfloorException">It cannot be loaded.</exception>
        public async Task<GrabbableProduct> FillAsync(
            ShowfloorClient? client = null, CancellationToken cancellationToken = default, IProgress<LoadProgress>? progress = null)
        {
            _client = client != null ? client : _client;
            if (_client == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition, "CLIENT_MISSING", "The place '" + name + "' has no ShowfloorClient.", "Assign one to the component.");
            }
            _work?.Cancel();
            var work = new CancellationTokenSource();
            _work = work;
            Transform stand = attachTransform != null ? attachTransform : transform;
            ProductModel model;
            using (cancellationToken.Register(work.Cancel))
            {
                model = await _client.LoadAsync(_productId, stand, work.Token, progress);
            }
            if (work.IsCancellationRequested)
            {
                Destroy(model.gameObject); // the place was cleared in the same frame
                throw new OperationCanceledException(work.Token);
            }
            _work = null; // finer levels come as long as the product is there, on the shelf or in a hand
            RemoveModel();
            Model = model;
            model.transform.SetParent(transform.parent, true);
            return GrabbableProduct.Make(model);
        }

        /// <summary>Frees the place. What a hand holds stays in the hand.</summary>
        public void Clear()
        {
            _work?.Cancel();
            _productId = "";
            RemoveModel();
        }

        /// <summary>Whether a product, as large as it is now, fits into this place, turned by 90° if need be.</summary>
        public bool Fits(ProductModel product)
        {
            Vector3 size = Vector3.Scale(product.LocalBounds.size, product.transform.lossyScale);
            return Placement.Fit(GltfSpace.ToSize(size), GltfSpace.ToSize(_space)).Fits;
        }

        /// <inheritdoc/>
        public override bool CanSelect(IXRSelectInteractable interactable) =>
            base.CanSelect(interactable) && Takes(interactable.transform);

        /// <inheritdoc/>
        public override bool CanHover(IXRHoverInteractable interactable) =>
            base.CanHover(interactable) && Takes(interactable.transform);

        private bool Takes(Transform thing) => thing.TryGetComponent(out ProductModel product) && Fits(product);

        private void RemoveModel()
        {
            if (Model != null && !(Model.TryGetComponent(out GrabbableProduct product) && product.IsHeld))
            {
                Destroy(Model.gameObject);
            }
            Model = null;
        }

        /// <inheritdoc/>
        protected override void Awake()
        {
            base.Awake();
            showInteractableHoverMeshes = _ghost;
        }

        /// <inheritdoc/>
        protected override void OnDisable()
        {
            _work?.Cancel();
            base.OnDisable();
        }
    }
}
