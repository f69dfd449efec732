#nullable enable
using System;
using Showfloor.Scene;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.XR.Interaction.Toolkit;
using UnityEngine.XR.Interaction.Toolkit.Transformers;
#if SHOWFLOOR_XRI_3
using UnityEngine.XR.Interaction.Toolkit.Interactables;
using UnityEngine.XR.Interaction.Toolkit.Interactors;
#endif

namespace Showfloor.VR
{
    /// <summary>A product that hands take: grabbed directly or from afar by a ray, turned and, if allowed, scaled by two
    /// hands within the limits of its true size.</summary>
    [AddComponentMenu("Showfloor/VR/Grabbable Product")]
    [RequireComponent(typeof(ProductModel))]
    public sealed class GrabbableProduct : MonoBehaviour
    {
        [SerializeField, Tooltip("Whether two hands may scale it.")]
        private bool _scalable = true;

        [SerializeField, Tooltip("Whether it falls when it is let go; otherwise it stays where it is.")]
        private bool _falls;

        [SerializeField, Tooltip("A hand or a ray took it: its product id.")]
        private UnityEvent<string> _grabbed = new UnityEvent<string>();

        [SerializeField, Tooltip("The last hand let it go: its product id.")]
        private UnityEvent<string> _released = new UnityEvent<string>();

        private XRGrabInteractable? _grab;
        private XRGeneralGrabTransformer? _hands;

        /// <summary>The component of the toolkit that does the grabbing; null before <see cref="Prepare"/>.</summary>
        public XRGrabInteractable? Interactable => _grab;

        /// <summary>A hand took it.</summary>
        public UnityEvent<string> Grabbed => _grabbed;

        /// <summary>The last hand let it go.</summary>
        public UnityEvent<string> Released => _released;

        /// <summary>Whether a hand or a ray holds it; a place on a shelf does not count.</summary>
        public bool IsHeld
        {
            get
            {
                if (_grab == null)
                {
                    return false;
                }
                foreach (IXRSelectInteractor holder in _grab.interactorsSelecting)
                {
                    if (!(holder is XRSocketInteractor))
                    {
                        return true;
                    }
                }
                return false;
            }
        }

        /// <summary>Id of the product; of the asset where it belongs to none; empty before it is loaded.</summary>
        public string ProductId
        {
            get
            {
                Asset? asset = GetComponent<ProductModel>().Asset;
                return asset is null ? "" : asset.ProductId.Length > 0 ? asset.ProductId : asset.Id;
            }
        }

        /// <summary>Makes a loaded model grabbable.</summary>
        /// <param name="model">A model with a collider that is shown.</param>
        /// <param name="falls">Whether it falls when it is let go.</param>
        /// <param name="scalable">Whether two hands may scale it.</param>
        public static GrabbableProduct Make(ProductModel model, bool falls = false, bool scalable = true)
        {
            GrabbableProduct product = model.gameObject.GetComponent<GrabbableProduct>();
            if (product == null)
            {
                product = model.gameObject.AddComponent<GrabbableProduct>();
            }
            product._falls = falls;
            product._scalable = scalable;
            product.Prepare();
            return product;
        }

        /// <summary>Adds what grabbing needs; may be called again after a change.</summary>
        /// <exception cref="InvalidOperationException">The model has no collider.</exception>
        public void Prepare()
        {
            var model = GetComponent<ProductModel>();
            if (!TryGetComponent(out Collider _))
            {
                throw new InvalidOperationException("A product without a collider cannot be grabbed: load it with LoadOptions.Collider.");
            }
            if (!TryGetComponent(out Rigidbody body))
            {
                body = gameObject.AddComponent<Rigidbody>();
            }
            body.useGravity = _falls;
            body.isKinematic = !_falls;
            body.collisionDetectionMode = CollisionDetectionMode.ContinuousSpeculative;
            if (_hands == null)
            {
                _hands = gameObject.AddComponent<XRGeneralGrabTransformer>();
            }
            bool known = model.Asset != null && model.Asset.SizeKnown;
            ScaleLimits limits = known ? ScaleLimits.For(model.Asset!.Size ?? new Size()) : new ScaleLimits(0.1f, 10f);
            _hands.allowTwoHandedRotation = XRGeneralGrabTransformer.TwoHandedRotationMode.TwoHandedAverage;
            _hands.allowTwoHandedScaling = _scalable;
            _hands.allowOneHandedScaling = false;
            _hands.clampScaling = true;
            _hands.minimumScaleRatio = limits.Min;
            _hands.maximumScaleRatio = limits.Max;
            if (_grab == null)
            {
                _grab = gameObject.AddComponent<XRGrabInteractable>();
                _grab.selectEntered.AddListener(OnGrabbed);
                _grab.selectExited.AddListener(OnReleased);
            }
            _grab.selectMode = InteractableSelectMode.Multiple;
            _grab.useDynamicAttach = true;
            _grab.throwOnDetach = _falls;
        }

        private void OnGrabbed(SelectEnterEventArgs args)
        {
            if (!(args.interactorObject is XRSocketInteractor))
            {
                _grabbed.Invoke(ProductId);
            }
        }

        private void OnReleased(SelectExitEventArgs args)
        {
            if (!(args.interactorObject is XRSocketInteractor) && !IsHeld)
            {
                _released.Invoke(ProductId);
            }
        }

        private void OnDestroy()
        {
            if (_grab != null)
            {
                _grab.selectEntered.RemoveListener(OnGrabbed);
                _grab.selectExited.RemoveListener(OnReleased);
            }
        }
    }
}
