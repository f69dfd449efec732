using System.Collections.Generic;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.UI;

namespace Unity.XR.CoreUtils
{
    [StubOf("com.unity.xr.core-utils 2.5.2")]
    public class XROrigin : MonoBehaviour
    {
        [StubOf("com.unity.xr.core-utils 2.5.2")] public enum TrackingOriginMode { NotSpecified, Device, Floor }
        public Camera Camera { get; set; }
        public float CameraYOffset { get; set; }
        public TrackingOriginMode RequestedTrackingOriginMode { get; set; }
    }
}

namespace UnityEngine.InputSystem
{
    [StubOf("com.unity.inputsystem 1.11.2")] public class InputActionAsset : ScriptableObject { }
    [StubOf("com.unity.inputsystem 1.11.2")] public enum TouchPhase { None, Began, Moved, Ended, Canceled, Stationary }
}

namespace UnityEngine.InputSystem.UI
{
    [StubOf("com.unity.inputsystem 1.11.2")] public class InputSystemUIInputModule : UIBehaviour { }
}

namespace UnityEngine.InputSystem.EnhancedTouch
{
    [StubOf("com.unity.inputsystem 1.11.2")] public static class EnhancedTouchSupport { public static void Enable() { } public static void Disable() { } }
    [StubOf("com.unity.inputsystem 1.11.2")] public struct Touch { public static IReadOnlyList<Touch> activeTouches => new Touch[0]; public int touchId => 0; public Vector2 screenPosition => default; public TouchPhase phase => default; }
}

namespace UnityEngine.XR.Interaction.Toolkit.UI
{
    [StubOf("com.unity.xr.interaction.toolkit 3.0.8")] public class TrackedDeviceGraphicRaycaster : UIBehaviour { }
    [StubOf("com.unity.xr.interaction.toolkit 3.0.8")] public class XRUIInputModule : UIBehaviour { }
}

namespace UnityEngine.XR.Interaction.Toolkit.Inputs
{
    using UnityEngine.InputSystem;
    [StubOf("com.unity.xr.interaction.toolkit 3.0.8")] public class InputActionManager : MonoBehaviour { public List<InputActionAsset> actionAssets { get; set; } }
}
