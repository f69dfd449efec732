#nullable enable
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
    /// view where walking is allowed. Choices are kept on the device.</summary>
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

        [SerializeField, Tooltip("Whether shoppers may walk with the stick; teleporting always works.")]
        private bool _walking;

        [SerializeField, Range(0.5f, 3f), Tooltip("Metres per second of walking.")]
        private float _walkSpeed = 1.2f;

        [SerializeField, Range(0.3f, 1f), Tooltip("Width of the view while moving: 1 is all of it.")]
        private float _viewWhileMoving = 0.7f;

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

        /// <summary>Whether shoppers may walk with the stick.</summary>
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

        /// <summary>Sets the providers below the rig and keeps the choices.</summary>
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
            foreach (TunnelingVignetteController view in rig.GetComponentsInChildren<TunnelingVignetteController>(true))
            {
                view.enabled = _viewWhileMoving < 1f;
                view.defaultParameters.apertureSize = _viewWhileMoving;
            }
            PlayerPrefs.SetInt(Prefix + "snap", _snapTurn ? 1 : 0);
            PlayerPrefs.SetInt(Prefix + "walk", _walking ? 1 : 0);
            PlayerPrefs.SetFloat(Prefix + "view", _viewWhileMoving);
            PlayerPrefs.Save();
        }

        private void Start()
        {
            _snapTurn = PlayerPrefs.GetInt(Prefix + "snap", _snapTurn ? 1 : 0) != 0;
            _walking = PlayerPrefs.GetInt(Prefix + "walk", _walking ? 1 : 0) != 0;
            _viewWhileMoving = PlayerPrefs.GetFloat(Prefix + "view", _viewWhileMoving);
            Apply();
        }
    }
}
