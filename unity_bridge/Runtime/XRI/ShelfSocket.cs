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
    /// <summary>A place on a shelf: loads its product and takes back what fits into it.</summary>
    [AddComponentMenu("Showfloor/VR/Shelf Socket")]
    public sealed class ShelfSocket : XRSocketInteractor
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Product that stands here; empty: the place is free.")]
        private string _productId = "";

        [SerializeField, Tooltip("Width, height and depth of the place, metres.")]
        private Vector3 _space = new Vector3(0.5f, 0.4f, 0.4f);

        private CancellationTokenSource? _work;

        /// <summary>Product that stands here; empty: the place is free.</summary>
        public string ProductId
        {
            get => _productId;
            set => _productId = value;
        }

        /// <summary>The product; null before it is loaded.</summary>
        public ProductModel? Model { get; private set; }

        /// <summary>Loads the product of this place.</summary>
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
            var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _work = work;
            ProductModel model = await _client.LoadAsync(_productId, transform, work.Token, progress);
            if (Model != null)
            {
                Destroy(Model.gameObject);
            }
            Model = model;
            GrabbableProduct product = GrabbableProduct.Make(model);
            model.transform.SetParent(transform.root == transform ? null : transform.parent, true);
            return product;
        }

        /// <summary>Whether a product fits into this place, turned by 90° if need be.</summary>
        public bool Fits(ProductModel product) =>
            Placement.Fit(GltfSpace.ToSize(product.LocalBounds.size), GltfSpace.ToSize(_space)).Fits;

        /// <inheritdoc/>
        public override bool CanSelect(IXRSelectInteractable interactable) =>
            base.CanSelect(interactable) && Takes(interactable.transform);

        /// <inheritdoc/>
        public override bool CanHover(IXRHoverInteractable interactable) =>
            base.CanHover(interactable) && Takes(interactable.transform);

        private bool Takes(Transform thing) => thing.TryGetComponent(out ProductModel product) && Fits(product);

        /// <inheritdoc/>
        protected override void OnDisable()
        {
            _work?.Cancel();
            base.OnDisable();
        }
    }
}
