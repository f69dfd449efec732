#nullable enable
using UnityEngine;
using UnityEngine.XR.Interaction.Toolkit;
#if SHOWFLOOR_XRI_3
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Teleportation;
#endif

namespace Showfloor.VR
{
    /// <summary>A floor that shoppers teleport on: finds the rig's provider by itself, so that scenes made by script work.</summary>
    [AddComponentMenu("Showfloor/VR/Teleport Floor")]
    [RequireComponent(typeof(Collider))]
    public sealed class TeleportFloor : MonoBehaviour
    {
        [SerializeField, Tooltip("The rig's provider. Empty: the one in the scene.")]
        private TeleportationProvider? _provider;

        [SerializeField, Tooltip("Interaction layers that the rig's teleport rays see. The Starter Assets rig uses layer 31, Teleport.")]
        private InteractionLayerMask _interactionLayers = 1 << 31;

        /// <summary>The area that rays point at; null before the start.</summary>
        public TeleportationArea? Area { get; private set; }

        private void Start()
        {
            if (_provider == null)
            {
                _provider = FindObjectOfType<TeleportationProvider>();
            }
            if (_provider == null)
            {
                Debug.LogError("Showfloor: the floor '" + name + "' finds no TeleportationProvider: add one to the XR Origin.", this);
                return;
            }
            Area = gameObject.GetComponent<TeleportationArea>();
            if (Area == null)
            {
                Area = gameObject.AddComponent<TeleportationArea>();
            }
            Area.teleportationProvider = _provider;
            Area.interactionLayers = _interactionLayers;
        }
    }
}
