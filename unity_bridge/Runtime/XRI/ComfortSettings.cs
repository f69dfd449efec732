#nullable enable
using Unity.XR.CoreUtils;
using UnityEngine;
#if SHOWFLOOR_XRI_3
using UnityEngine.XR.Interaction.Toolkit.Locomotion;
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Comfort;
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Movement;
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Turning;
#else
using UnityEngine.XR.Interaction.Toolkit;
using ContinuousMoveProvider = UnityEngine.XR.Interaction.Toolkit.ContinuousMoveProviderBase;
using ContinuousTurnProvider = UnityEngine.XR.Interaction.Toolkit.ContinuousTurnProviderBase;
using SnapTurnProvider = UnityEngine.XR.Interaction.Toolkit.SnapTurnProviderBase;
#endif

namespace Showfloor.VR
{
    /// <summary>How shoppers move, in the way that makes them least sick by default: teleport and snap turns, and a narrowed
    /// view where walking is allowed. Seated shoppers see from the height of a standing one. Choices are kept on the
    /// device.</summary>
    [AddComponentMenu("Showfloor/VR/Comfort Settings")]
    public sealed class ComfortSettings : MonoBehaviour
    {
        private const string Prefix = "showfloor.comfort.";

        [SerializeField, Tooltip("The rig below which the providers are looked for. Empty: this object.")]
        private Transform? _rig;

        [SerializeField, Tooltip("Whether shoppers turn in steps; otherwise smoothly.")]
        private bool _snapTurn = true;

        [SerializeField, Range(15f, 90f), Tooltip("Degrees of a step.")]
        private float _snapDegrees = 45f;

        [SerializeField, Range(20f, 120f), Tooltip("Degrees per second of a smooth turn.")]
        private float _turnSpeed = 60f;

        [SerializeField, Tooltip("Whether shoppers walk with the left stick; otherwise it teleports as the right one does.")]
        private bool _walking;

        [SerializeField, Range(0.5f, 3f), Tooltip("Metres per second of walking.")]
        private float _walkSpeed = 1.2f;

        [SerializeField, Range(0.3f, 1f), Tooltip("Width of the view while walking or turning smoothly: 1 is all of it.")]
        private float _viewWhileMoving = 0.7f;

        [SerializeField, Tooltip("Whether shoppers sit: their eyes are then as high as if they stood.")]
        private bool _seated;

        [SerializeField, Range(1.2f, 1.8f), Tooltip("Height of the eyes of seated shoppers, metres.")]
        private float _seatedEyeHeight = 1.6f;

        /// <summary>Whether shoppers turn in steps.</summary>
        public bool SnapTurn
        {
            get => _snapTurn;
            set
            {
                _snapTurn = value;
                Apply();
            }
        }

        /// <summary>Whether shoppers walk with the left stick.</summary>
        public bool Walking
        {
            get => _walking;
            set
            {
                _walking = value;
                Apply();
            }
        }

        /// <summary>Width of the view while moving, 0.3 to 1.</summary>
        public float ViewWhileMoving
        {
            get => _viewWhileMoving;
            set
            {
                _viewWhileMoving = Mathf.Clamp(value, 0.3f, 1f);
                Apply();
            }
        }

        /// <summary>Whether shoppers sit.</summary>
        public bool Seated
        {
            get => _seated;
            set
            {
                _seated = value;
                Apply();
            }
        }

        /// <summary>Sets the rig and the providers below it, and keeps the choices.</summary>
        public void Apply()
        {
            Transform rig = _rig != null ? _rig : transform;
            foreach (SnapTurnProvider snap in rig.GetComponentsInChildren<SnapTurnProvider>(true))
            {
                snap.enabled = _snapTurn;
                snap.turnAmount = _snapDegrees;
            }
            foreach (ContinuousTurnProvider turn in rig.GetComponentsInChildren<ContinuousTurnProvider>(true))
            {
                turn.enabled = !_snapTurn;
                turn.turnSpeed = _turnSpeed;
            }
            foreach (ContinuousMoveProvider walk in rig.GetComponentsInChildren<ContinuousMoveProvider>(true))
            {
                walk.enabled = _walking;
                walk.moveSpeed = _walkSpeed;
            }
            StarterRig.Choose(rig, !_snapTurn, _walking);
            foreach (TunnelingVignetteController view in rig.GetComponentsInChildren<TunnelingVignetteController>(true))
            {
                Narrow(view, rig);
            }
            foreach (XROrigin origin in rig.GetComponentsInChildren<XROrigin>(true))
            {
                origin.CameraYOffset = _seatedEyeHeight;
                origin.RequestedTrackingOriginMode = _seated ? XROrigin.TrackingOriginMode.Device : XROrigin.TrackingOriginMode.Floor;
            }
            PlayerPrefs.SetInt(Prefix + "snap", _snapTurn ? 1 : 0);
            PlayerPrefs.SetInt(Prefix + "walk", _walking ? 1 : 0);
            PlayerPrefs.SetInt(Prefix + "seated", _seated ? 1 : 0);
            PlayerPrefs.SetFloat(Prefix + "view", _viewWhileMoving);
            PlayerPrefs.Save();
        }

        /// <summary>The vignette follows the providers of its list alone: those that move the view bit by bit go into it.</summary>
        private void Narrow(TunnelingVignetteController view, Transform rig)
        {
            view.defaultParameters.apertureSize = _viewWhileMoving;
            foreach (LocomotionProvider provider in rig.GetComponentsInChildren<LocomotionProvider>(true))
            {
                bool smooth = provider is ContinuousMoveProvider || provider is ContinuousTurnProvider;
                if (smooth && !view.locomotionVignetteProviders.Exists(known => known.locomotionProvider == provider))
                {
                    view.locomotionVignetteProviders.Add(new LocomotionVignetteProvider { locomotionProvider = provider, enabled = true });
                }
            }
        }

        /// <summary>Takes the choices that are kept on the device, and applies them. Done by itself when the scene begins.</summary>
        public void Load()
        {
            _snapTurn = PlayerPrefs.GetInt(Prefix + "snap", _snapTurn ? 1 : 0) != 0;
            _walking = PlayerPrefs.GetInt(Prefix + "walk", _walking ? 1 : 0) != 0;
            _seated = PlayerPrefs.GetInt(Prefix + "seated", _seated ? 1 : 0) != 0;
            _viewWhileMoving = PlayerPrefs.GetFloat(Prefix + "view", _viewWhileMoving);
            Apply();
        }

        private void Start() => Load();
    }
}
