#nullable enable
using Showfloor.Unity.Ui;
using UnityEngine;
using UnityEngine.XR.Interaction.Toolkit;
#if SHOWFLOOR_XRI_3
using UnityEngine.XR.Interaction.Toolkit.Interactables;
#endif

namespace Showfloor.VR
{
    /// <summary>Push-to-talk as a thing in the world: while it is held, the dialogue panel listens.</summary>
    [AddComponentMenu("Showfloor/VR/Push To Talk")]
    public sealed class PushToTalk : MonoBehaviour
    {
        [SerializeField, Tooltip("The panel that listens.")]
        private DialoguePanel? _panel;

        [SerializeField, Tooltip("The thing that is held. Empty: the interactable on this object.")]
        private XRBaseInteractable? _button;

        private void OnEnable()
        {
            if (_button == null)
            {
                _button = GetComponent<XRBaseInteractable>();
            }
            if (_button == null || _panel == null)
            {
                Debug.LogError("Showfloor: push-to-talk '" + name + "' lacks a panel or an interactable: assign both.", this);
                enabled = false;
                return;
            }
            _button.selectEntered.AddListener(OnPressed);
            _button.selectExited.AddListener(OnReleased);
        }

        private void OnDisable()
        {
            if (_button != null)
            {
                _button.selectEntered.RemoveListener(OnPressed);
                _button.selectExited.RemoveListener(OnReleased);
            }
            if (_panel != null)
            {
                _panel.ReleaseToTalk();
            }
        }

        private void OnPressed(SelectEnterEventArgs args) => _panel!.PressToTalk();

        private void OnReleased(SelectExitEventArgs args) => _panel!.ReleaseToTalk();
    }
}
