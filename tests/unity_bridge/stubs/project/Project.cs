using System.Collections.Generic;
using UnityEngine;

namespace UnityEngine.XR.Management
{
    [StubOf("com.unity.xr.management 4.5.1")] public abstract class XRLoader : ScriptableObject { }
    [StubOf("com.unity.xr.management 4.5.1")] public sealed class XRManagerSettings : ScriptableObject { public bool automaticLoading { get; set; } public bool automaticRunning { get; set; } public IReadOnlyList<XRLoader> activeLoaders { get; } = new List<XRLoader>(); }
    [StubOf("com.unity.xr.management 4.5.1")] public class XRGeneralSettings : ScriptableObject { public static string k_SettingsKey = "com.unity.xr.management.loader_settings"; public XRManagerSettings Manager { get; set; } public bool InitManagerOnStart { get; set; } }
}

namespace UnityEditor.XR.Management
{
    using UnityEngine.XR.Management;
    [StubOf("com.unity.xr.management 4.5.1")] public class XRGeneralSettingsPerBuildTarget : ScriptableObject { public bool HasSettingsForBuildTarget(BuildTargetGroup buildTargetGroup) => true; public bool HasManagerSettingsForBuildTarget(BuildTargetGroup targetGroup) => true; public void CreateDefaultSettingsForBuildTarget(BuildTargetGroup buildTargetGroup) { } public void CreateDefaultManagerSettingsForBuildTarget(BuildTargetGroup targetGroup) { } public XRGeneralSettings SettingsForBuildTarget(BuildTargetGroup targetGroup) => null; }
}

namespace UnityEditor.XR.Management.Metadata
{
    using UnityEngine.XR.Management;
    [StubOf("com.unity.xr.management 4.5.1")] public class XRPackageMetadataStore { public static bool AssignLoader(XRManagerSettings settings, string loaderTypeName, BuildTargetGroup buildTargetGroup) => true; public static bool RemoveLoader(XRManagerSettings settings, string loaderTypeName, BuildTargetGroup buildTargetGroup) => true; }
}

namespace UnityEngine.XR.OpenXR.Features
{
    [StubOf("com.unity.xr.openxr 1.14.3")] public abstract class OpenXRFeature : ScriptableObject { public bool enabled { get; set; } }
}

namespace UnityEngine.XR.OpenXR
{
    using UnityEngine.XR.OpenXR.Features;
    [StubOf("com.unity.xr.openxr 1.14.3")] public class OpenXRSettings : ScriptableObject { [StubOf("com.unity.xr.openxr 1.14.3")] public enum RenderMode { MultiPass, SinglePassInstanced } public RenderMode renderMode { get; set; } public OpenXRFeature[] GetFeatures() => new OpenXRFeature[0]; public static OpenXRSettings GetSettingsForBuildTargetGroup(UnityEditor.BuildTargetGroup buildTargetGroup) => null; }
}

namespace UnityEngine.Rendering
{
    /// <summary>Behaves: says what it was given. Lies in the core that URP brings.</summary>
    [StubOf("com.unity.render-pipelines.universal 14.0.12")] public static class ResourceReloader { public static System.Collections.Generic.List<Object> Given { get; } = new System.Collections.Generic.List<Object>(); public static bool ReloadAllNullIn(Object container, string basePath) { Given.Add(container); return true; } }
}

namespace UnityEngine.Rendering.Universal
{
    [StubOf("com.unity.render-pipelines.universal 14.0.12")] public abstract class ScriptableRendererData : ScriptableObject { }
    [StubOf("com.unity.render-pipelines.universal 14.0.12")] public class UniversalRendererData : ScriptableRendererData { }
    [StubOf("com.unity.render-pipelines.universal 14.0.12")] public class UniversalRenderPipelineAsset : UnityEngine.Rendering.RenderPipelineAsset { public int msaaSampleCount { get; set; } public bool supportsHDR { get; set; } public static readonly string packagePath = "Packages/com.unity.render-pipelines.universal"; public static UniversalRenderPipelineAsset Create(ScriptableRendererData rendererData = null) => CreateInstance<UniversalRenderPipelineAsset>(); }
}

namespace UnityEditor.PackageManager.UI
{
    [StubOf("Unity 2022.3")] public struct Sample { [StubOf("Unity 2022.3")] [System.Flags] public enum ImportOptions { None = 0, OverridePreviousImports = 1, HideImportWindow = 2 } public string displayName => ""; public bool isImported => false; public bool Import(ImportOptions options = ImportOptions.None) => true; public static IEnumerable<Sample> FindByPackage(string packageName, string packageVersion) => new Sample[0]; }
}

namespace UnityEditor.XR.OpenXR.Features
{
    using UnityEngine.XR.OpenXR.Features;
    [StubOf("com.unity.xr.openxr 1.14.3")] public static class FeatureHelpers { public static void RefreshFeatures(BuildTargetGroup group) { } public static OpenXRFeature GetFeatureWithIdForBuildTarget(BuildTargetGroup buildTargetGroup, string featureId) => null; }
}
