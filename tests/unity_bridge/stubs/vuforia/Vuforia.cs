using System;
using UnityEngine;

namespace Vuforia
{
    [StubOf("Vuforia Engine 10.28 and 11.4")] public enum Status { NO_POSE, LIMITED, TRACKED, EXTENDED_TRACKED }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public enum StatusInfo { NORMAL, NOT_OBSERVED, RELOCALIZING, INITIALIZING, EXCESSIVE_MOTION, INSUFFICIENT_FEATURES, INSUFFICIENT_LIGHT, UNKNOWN }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public struct TargetStatus { public TargetStatus(Status status, StatusInfo statusInfo) { Status = status; StatusInfo = statusInfo; } public Status Status { get; } public StatusInfo StatusInfo { get; } }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public enum VuforiaInitError { NONE = 0 }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public abstract class VuforiaMonoBehaviour : MonoBehaviour { }
    [StubOf("Vuforia Engine 10.28 and 11.4")]
    public abstract class ObserverBehaviour : VuforiaMonoBehaviour
    {
        public string TargetName { get; set; }
        public TargetStatus TargetStatus { get; set; }
        public event Action<ObserverBehaviour, TargetStatus> OnTargetStatusChanged;
        public event Action<ObserverBehaviour> OnBehaviourDestroyed;
        public void Raise(TargetStatus status) { TargetStatus = status; OnTargetStatusChanged?.Invoke(this, status); }
        public void RaiseDestroyed() => OnBehaviourDestroyed?.Invoke(this);
    }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public class ImageTargetBehaviour : ObserverBehaviour { public Vector2 Size; public Vector2 GetSize() => Size; }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public class DevicePoseBehaviour : VuforiaMonoBehaviour { }
    [StubOf("Vuforia Engine 10.28 and 11.4")]
    public class ObserverFactory
    {
        /// <summary>Behaves: a target with the shape of its picture.</summary>
        public ImageTargetBehaviour CreateImageTarget(Texture2D texture, float width, string targetName)
        {
            ImageTargetBehaviour target = new GameObject(targetName).AddComponent<ImageTargetBehaviour>();
            target.Size = new Vector2(width, width * texture.height / texture.width);
            return target;
        }
        public ImageTargetBehaviour CreateImageTarget(string databasePath, string targetName) => null;
    }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public enum FocusMode { FOCUS_MODE_CONTINUOUSAUTO }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public class CameraDevice { public bool SetFocusMode(FocusMode mode) => true; }
    [StubOf("Vuforia Engine 10.28 and 11.4")] public class VuforiaBehaviour : VuforiaMonoBehaviour { public static VuforiaBehaviour Instance { get; set; } public ObserverFactory ObserverFactory { get; } = new ObserverFactory(); public CameraDevice CameraDevice => null; public DevicePoseBehaviour DevicePoseBehaviour => null; }
    [StubOf("Vuforia Engine 10.28 and 11.4")]
    public class VuforiaApplication
    {
        public static VuforiaApplication Instance { get; } = new VuforiaApplication();
        public bool IsRunning { get; set; } = true;
        public event Action<VuforiaInitError> OnVuforiaInitialized { add { } remove { } }
        public event Action OnVuforiaStarted { add { } remove { } }
        public event Action OnVuforiaStopped { add { } remove { } }
        public void Initialize() { }
    }
    [StubOf("Vuforia Engine 10.28 and 11.4")]
    public class VuforiaConfiguration : ScriptableObject
    {
        [StubOf("Vuforia Engine 10.28 and 11.4")] public class GenericVuforiaConfiguration { public string LicenseKey { get; set; } public bool DelayedInitialization { get; set; } }
        public static VuforiaConfiguration Instance => null;
        public GenericVuforiaConfiguration Vuforia => null;
    }
}
