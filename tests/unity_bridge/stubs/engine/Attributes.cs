using System;

namespace UnityEngine
{
    [StubOf("Unity 2022.3")] public class PropertyAttribute : Attribute { }
    [StubOf("Unity 2022.3")] public sealed class SerializeField : Attribute { }
    [StubOf("Unity 2022.3")] public sealed class HideInInspector : Attribute { }
    [StubOf("Unity 2022.3")] public class TooltipAttribute : PropertyAttribute { public TooltipAttribute(string tooltip) { } }
    [StubOf("Unity 2022.3")] public class HeaderAttribute : PropertyAttribute { public HeaderAttribute(string header) { } }
    [StubOf("Unity 2022.3")] public sealed class RangeAttribute : PropertyAttribute { public RangeAttribute(float min, float max) { } }
    [StubOf("Unity 2022.3")] public sealed class MinAttribute : PropertyAttribute { public MinAttribute(float min) { } }
    [StubOf("Unity 2022.3")] public sealed class TextAreaAttribute : PropertyAttribute { }
    [StubOf("Unity 2022.3")] public sealed class RequireComponent : Attribute { public RequireComponent(Type requiredComponent) { } }
    [StubOf("Unity 2022.3")] public sealed class ExecuteAlways : Attribute { }
    [StubOf("Unity 2022.3")] public sealed class DisallowMultipleComponent : Attribute { }
    [StubOf("Unity 2022.3")] public sealed class AddComponentMenu : Attribute { public AddComponentMenu(string menuName) { } }
    [StubOf("Unity 2022.3")] public sealed class DefaultExecutionOrder : Attribute { public DefaultExecutionOrder(int order) { } }
    [StubOf("Unity 2022.3")]
    public sealed class CreateAssetMenuAttribute : Attribute
    {
        public string menuName { get; set; }
        public string fileName { get; set; }
        public int order { get; set; }
    }
    [StubOf("Unity 2022.3")] public sealed class HelpURLAttribute : Attribute { public HelpURLAttribute(string url) { } }
    [StubOf("Unity 2022.3")]
    public enum RuntimeInitializeLoadType { AfterSceneLoad, BeforeSceneLoad, AfterAssembliesLoaded, BeforeSplashScreen, SubsystemRegistration }
    [StubOf("Unity 2022.3")]
    public class RuntimeInitializeOnLoadMethodAttribute : Attribute
    {
        public RuntimeInitializeOnLoadMethodAttribute(RuntimeInitializeLoadType loadType) { }
    }
}

namespace UnityEngine.Scripting
{
    [StubOf("Unity 2022.3")] public class PreserveAttribute : Attribute { }
}
