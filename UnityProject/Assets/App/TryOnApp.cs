#nullable enable
using System;
using Showfloor.Unity;
using UnityEngine;
using UnityEngine.UI;
#if SHOWFLOOR_VUFORIA
using Showfloor.AR;
#endif

namespace Showfloor.Project
{
    /// <summary>The AR scene: shows one product beside its packaging and tells the shopper what to do.</summary>
    public sealed class TryOnApp : MonoBehaviour
    {
        [SerializeField, Tooltip("What the shopper reads.")]
        private Text? _hint;

#if SHOWFLOOR_VUFORIA
        [SerializeField, Tooltip("The packaging.")]
        private PackagingTarget? _target;

        [SerializeField, Tooltip("The product.")]
        private TargetedProduct? _product;

        /// <summary>What it works with.</summary>
        public void Use(Text hint, PackagingTarget target, TargetedProduct product)
        {
            _hint = hint;
            _target = target;
            _product = product;
        }

        private async void Start()
        {
            Screen.sleepTimeout = SleepTimeout.NeverSleep;
            _target!.Hinted.AddListener(Say);
            try
            {
                await _product!.ShowAsync(default, new Progress<LoadProgress>(now => Say(now.Stage == LoadStage.Complete ? "" : now.Message)));
            }
            catch (OperationCanceledException)
            {
                // The scene was left.
            }
            catch (ShowfloorException error)
            {
                Say(error.Message + " " + error.Fix);
            }
        }
#else
        private void Start() =>
            Say("Vuforia Engine is not installed: Showfloor > Project > Add Vuforia, then build the scenes again.");
#endif

        /// <summary>Where it writes.</summary>
        public void Use(Text hint) => _hint = hint;

        private void Say(string text)
        {
            if (_hint != null)
            {
                _hint.text = text;
            }
        }
    }
}
