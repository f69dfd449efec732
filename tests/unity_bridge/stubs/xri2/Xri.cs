using System;
using System.Collections.Generic;
using UnityEngine.Events;
using UnityEngine.XR.Interaction.Toolkit.Transformers;

namespace UnityEngine.XR.Interaction.Toolkit
{
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public interface IXRInteractor { Transform transform { get; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public interface IXRSelectInteractor : IXRInteractor { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public interface IXRHoverInteractor : IXRInteractor { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public interface IXRInteractable { Transform transform { get; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public interface IXRSelectInteractable : IXRInteractable { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public interface IXRHoverInteractable : IXRInteractable { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public struct InteractionLayerMask { private int _bits; public int value { get => _bits; set => _bits = value; } public static implicit operator int(InteractionLayerMask mask) => mask._bits; public static implicit operator InteractionLayerMask(int intVal) => new InteractionLayerMask { _bits = intVal }; }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class XRInteractionManager : MonoBehaviour { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class SelectEnterEventArgs { public IXRSelectInteractor interactorObject { get; set; } public IXRSelectInteractable interactableObject { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class SelectExitEventArgs { public IXRSelectInteractor interactorObject { get; set; } public IXRSelectInteractable interactableObject { get; set; } public bool isCanceled { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class HoverEnterEventArgs { public IXRHoverInteractor interactorObject { get; set; } public IXRHoverInteractable interactableObject { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class HoverExitEventArgs { public IXRHoverInteractor interactorObject { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class SelectEnterEvent : UnityEvent<SelectEnterEventArgs> { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class SelectExitEvent : UnityEvent<SelectExitEventArgs> { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class HoverEnterEvent : UnityEvent<HoverEnterEventArgs> { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class HoverExitEvent : UnityEvent<HoverExitEventArgs> { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public enum InteractableSelectMode { Single, Multiple }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class XRBaseInteractable : MonoBehaviour, IXRSelectInteractable, IXRHoverInteractable { public SelectEnterEvent selectEntered { get; set; } = new SelectEnterEvent(); public SelectExitEvent selectExited { get; set; } = new SelectExitEvent(); public HoverEnterEvent hoverEntered { get; set; } = new HoverEnterEvent(); public HoverExitEvent hoverExited { get; set; } = new HoverExitEvent(); public InteractableSelectMode selectMode { get; set; } public InteractionLayerMask interactionLayers { get; set; } public List<Collider> colliders { get; } = new List<Collider>(); public bool isSelected => false; public List<IXRSelectInteractor> interactorsSelecting { get; } = new List<IXRSelectInteractor>(); }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class XRSimpleInteractable : XRBaseInteractable { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class XRGrabInteractable : XRBaseInteractable { public bool throwOnDetach { get; set; } public bool useDynamicAttach { get; set; } public bool trackScale { get; set; } public bool retainTransformParent { get; set; } public void AddMultipleGrabTransformer(IXRGrabTransformer transformer) { } public void AddSingleGrabTransformer(IXRGrabTransformer transformer) { } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class XRBaseInteractor : MonoBehaviour, IXRSelectInteractor, IXRHoverInteractor { public SelectEnterEvent selectEntered { get; set; } = new SelectEnterEvent(); public SelectExitEvent selectExited { get; set; } = new SelectExitEvent(); public bool hasSelection => false; protected virtual void Awake() { } protected virtual void OnEnable() { } protected virtual void OnDisable() { } public List<IXRSelectInteractable> interactablesSelected { get; } = new List<IXRSelectInteractable>(); public virtual bool CanSelect(IXRSelectInteractable interactable) => true; public virtual bool CanHover(IXRHoverInteractable interactable) => true; public Transform attachTransform { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class XRBaseControllerInteractor : XRBaseInteractor { public bool SendHapticImpulse(float amplitude, float duration) => true; }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class XRSocketInteractor : XRBaseInteractor { public bool socketActive { get; set; } public bool showInteractableHoverMeshes { get; set; } public float recycleDelayTime { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class XRDirectInteractor : XRBaseControllerInteractor { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class XRRayInteractor : XRBaseControllerInteractor { public float maxRaycastDistance { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class LocomotionProvider : MonoBehaviour { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class LocomotionSystem : MonoBehaviour { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class TeleportationProvider : LocomotionProvider { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class BaseTeleportationInteractable : XRBaseInteractable { public TeleportationProvider teleportationProvider { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class TeleportationArea : BaseTeleportationInteractable { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class SnapTurnProviderBase : LocomotionProvider { public float turnAmount { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class ContinuousTurnProviderBase : LocomotionProvider { public float turnSpeed { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class ContinuousMoveProviderBase : LocomotionProvider { public float moveSpeed { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public sealed class VignetteParameters { public float apertureSize { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class LocomotionVignetteProvider { public LocomotionProvider locomotionProvider { get; set; } public bool enabled { get; set; } public bool overrideDefaultParameters { get; set; } public VignetteParameters overrideParameters { get; set; } }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public class TunnelingVignetteController : MonoBehaviour { public VignetteParameters defaultParameters { get; set; } = new VignetteParameters(); public List<LocomotionVignetteProvider> locomotionVignetteProviders { get; set; } = new List<LocomotionVignetteProvider>(); }
}

namespace UnityEngine.XR.Interaction.Toolkit.Transformers
{
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public interface IXRGrabTransformer { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public abstract class XRBaseGrabTransformer : MonoBehaviour, IXRGrabTransformer { }
    [StubOf("com.unity.xr.interaction.toolkit 2.6.2")]
    public class XRGeneralGrabTransformer : XRBaseGrabTransformer
    {
        [StubOf("com.unity.xr.interaction.toolkit 2.6.2")] public enum TwoHandedRotationMode { FirstHandOnly, FirstHandDirectedTowardsSecondHand, TwoHandedAverage }
        public TwoHandedRotationMode allowTwoHandedRotation { get; set; }
        public bool allowOneHandedScaling { get; set; } = true;
        public bool allowTwoHandedScaling { get; set; }
        public bool clampScaling { get; set; }
        public float minimumScaleRatio { get; set; }
        public float maximumScaleRatio { get; set; }
    }
}
