#nullable enable
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.XR.Interaction.Toolkit;
#if SHOWFLOOR_XRI_3
using UnityEngine.XR.Interaction.Toolkit.Interactables;
using ControllerInteractor = UnityEngine.XR.Interaction.Toolkit.Interactors.XRBaseInputInteractor;
#else
using ControllerInteractor = UnityEngine.XR.Interaction.Toolkit.XRBaseControllerInteractor;
#endif

namespace Showfloor.VR
{
    /// <summary>A short pulse in the hand that touches or takes a product.</summary>
    [AddComponentMenu("Showfloor/VR/Product Haptics")]
    public sealed class ProductHaptics : MonoBehaviour
    {
        [SerializeField, Range(0f, 1f), Tooltip("Strength when a hand or a ray touches the product; 0: none.")]
        private float _touch = 0.15f;

        [SerializeField, Range(0f, 1f), Tooltip("Strength when it is taken; 0: none.")]
        private float _take = 0.5f;

        [SerializeField, Range(0.01f, 0.5f), Tooltip("Length of a pulse, seconds.")]
        private float _seconds = 0.06f;

        private readonly List<XRBaseInteractable> _felt = new List<XRBaseInteractable>();

        /// <summary>Pulses for a product from now on.</summary>
        public void Feel(XRBaseInteractable product)
        {
            _felt.RemoveAll(gone => gone == null);
            if (!_felt.Contains(product))
            {
                product.hoverEntered.AddListener(OnTouched);
                product.selectEntered.AddListener(OnTaken);
                _felt.Add(product);
            }
        }

        private void OnTouched(HoverEnterEventArgs args) => Pulse(args.interactorObject as ControllerInteractor, _touch);

        private void OnTaken(SelectEnterEventArgs args) => Pulse(args.interactorObject as ControllerInteractor, _take);

        private void Pulse(ControllerInteractor? hand, float strength)
        {
            if (hand != null && strength > 0f && isActiveAndEnabled)
            {
                hand.SendHapticImpulse(strength, _seconds);
            }
        }

        private void OnDestroy()
        {
            foreach (XRBaseInteractable product in _felt)
            {
                if (product != null)
                {
                    product.hoverEntered.RemoveListener(OnTouched);
                    product.selectEntered.RemoveListener(OnTaken);
                }
            }
        }
    }
}
