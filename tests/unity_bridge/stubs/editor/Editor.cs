using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.UIElements;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    [StubOf("Unity 2022.3")] public sealed class MenuItem : Attribute { public MenuItem(string itemName) { } public MenuItem(string itemName, bool isValidateFunction) { } public MenuItem(string itemName, bool isValidateFunction, int priority) { } }
    [StubOf("Unity 2022.3")] public class InitializeOnLoadAttribute : Attribute { }
    [StubOf("Unity 2022.3")] public class InitializeOnLoadMethodAttribute : Attribute { }
    [StubOf("Unity 2022.3")] public class CustomEditor : Attribute { public CustomEditor(Type inspectedType) { } }
    [StubOf("Unity 2022.3")]
    public class EditorWindow : ScriptableObject
    {
        public VisualElement rootVisualElement { get; } = new VisualElement();
        public GUIContent titleContent { get; set; }
        public Vector2 minSize { get; set; }
        public static T GetWindow<T>() where T : EditorWindow => null;
        public static T GetWindow<T>(string title) where T : EditorWindow => null;
        public void Repaint() { }
        public void Show() { }
    }
    [StubOf("Unity 2022.3")] public enum PlayModeStateChange { EnteredEditMode, ExitingEditMode, EnteredPlayMode, ExitingPlayMode }
    [StubOf("Unity 2022.3")] public sealed class EditorApplication
    {
        [StubOf("Unity 2022.3")] public delegate void CallbackFunction();
        public static CallbackFunction update;
        public static CallbackFunction delayCall;
        public static event Action quitting;
        public static event Action<PlayModeStateChange> playModeStateChanged;
        public static bool isPlaying { get; set; }
        public static bool isPlayingOrWillChangePlaymode => false;
        public static bool isCompiling => false;
        public static bool isUpdating => false;
        public static double timeSinceStartup => 0;
        public static void Exit(int returnValue) { quitting?.Invoke(); playModeStateChanged?.Invoke(default); }
        public static void QueuePlayerLoopUpdate() { }
    }
    [StubOf("Unity 2022.3")] public static class AssemblyReloadEvents { [StubOf("Unity 2022.3")] public delegate void AssemblyReloadCallback(); public static event AssemblyReloadCallback beforeAssemblyReload; public static void Raise() => beforeAssemblyReload?.Invoke(); }
    [StubOf("Unity 2022.3")] public sealed class EditorPrefs { public static string GetString(string key, string defaultValue) => defaultValue; public static void SetString(string key, string value) { } public static void DeleteKey(string key) { } public static int GetInt(string key, int defaultValue) => defaultValue; public static void SetInt(string key, int value) { } }
    /// <summary>Behaves: keeps its values.</summary>
    [StubOf("Unity 2022.3")]
    public static class SessionState
    {
        private static readonly Dictionary<string, object> Values = new Dictionary<string, object>();
        public static int GetInt(string key, int defaultValue) => Values.TryGetValue(key, out object value) ? (int)value : defaultValue;
        public static void SetInt(string key, int value) => Values[key] = value;
        public static void EraseInt(string key) => Values.Remove(key);
        public static bool GetBool(string key, bool defaultValue) => Values.TryGetValue(key, out object value) ? (bool)value : defaultValue;
        public static void SetBool(string key, bool value) => Values[key] = value;
        public static void EraseBool(string key) => Values.Remove(key);
        public static string GetString(string key, string defaultValue) => Values.TryGetValue(key, out object value) ? (string)value : defaultValue;
        public static void SetString(string key, string value) => Values[key] = value;
        public static void EraseString(string key) => Values.Remove(key);
    }
    [StubOf("Unity 2022.3")] public sealed class EditorUtility
    {
        public static string OpenFolderPanel(string title, string folder, string defaultName) => "";
        public static string OpenFilePanel(string title, string directory, string extension) => "";
        public static bool DisplayDialog(string title, string message, string ok) => true;
        public static bool DisplayDialog(string title, string message, string ok, string cancel) => true;
        public static void SetDirty(Object target) { }
        public static void RevealInFinder(string path) { }
        public static bool DisplayCancelableProgressBar(string title, string info, float progress) => false;
        public static void ClearProgressBar() { }
    }
    [StubOf("Unity 2022.3")] [Flags] public enum ImportAssetOptions { Default = 0, ForceUpdate = 1, ForceSynchronousImport = 8 }
    [StubOf("Unity 2022.3")] public sealed class AssetDatabase
    {
        public static void Refresh() { }
        public static void ImportAsset(string path, ImportAssetOptions options) { }
        public static Object[] LoadAllAssetsAtPath(string assetPath) => new Object[0];
        public static T LoadAssetAtPath<T>(string assetPath) where T : Object => null;
        public static void CreateAsset(Object asset, string path) { }
        public static void AddObjectToAsset(Object objectToAdd, Object assetObject) { }
        public static void SaveAssets() { }
        public static bool IsValidFolder(string path) => true;
        public static string CreateFolder(string parentFolder, string newFolderName) => "";
        public static string AssetPathToGUID(string path) => "";
        public static string GUIDToAssetPath(string guid) => "";
        public static string GetAssetPath(Object assetObject) => "";
        public static string[] FindAssets(string filter) => new string[0];
        public static bool DeleteAsset(string path) => true;
        public static string GenerateUniqueAssetPath(string path) => path;
        public static void StartAssetEditing() { }
        public static void StopAssetEditing() { }
    }
    [StubOf("Unity 2022.3")] public class AssetImporter : Object { public static AssetImporter GetAtPath(string path) => null; public void SaveAndReimport() { } }
    [StubOf("Unity 2022.3")] public sealed class PrefabUtility { public static GameObject SaveAsPrefabAsset(GameObject instanceRoot, string assetPath, out bool success) { success = true; return instanceRoot; } public static GameObject SaveAsPrefabAsset(GameObject instanceRoot, string assetPath) => instanceRoot; public static Object InstantiatePrefab(Object assetComponentOrGameObject) => assetComponentOrGameObject; public static Object InstantiatePrefab(Object assetComponentOrGameObject, Transform parent) => assetComponentOrGameObject; }
    [StubOf("Unity 2022.3")] public enum DragAndDropVisualMode { None, Copy, Link, Rejected = 32 }
    [StubOf("Unity 2022.3")] public class DragAndDrop { public static string[] paths { get; set; } = new string[0]; public static Object[] objectReferences { get; set; } public static DragAndDropVisualMode visualMode { get; set; } public static void AcceptDrag() { } }
    [StubOf("Unity 2022.3")] public enum SettingsScope { User, Project }
    [StubOf("Unity 2022.3")] public class SettingsProvider
    {
        public SettingsProvider(string path, SettingsScope scopes, IEnumerable<string> keywords = null) { }
        public string label { get; set; }
        public Action<string, VisualElement> activateHandler { get; set; }
        public Action deactivateHandler { get; set; }
        public IEnumerable<string> keywords { get; set; }
    }
    [StubOf("Unity 2022.3")] public sealed class SettingsProviderAttribute : Attribute { }
    [StubOf("Unity 2022.3")] public sealed class SettingsService { public static EditorWindow OpenProjectSettings(string settingsPath) => null; }
    [StubOf("Unity 2022.3")] public class SerializedObject : IDisposable { public SerializedObject(Object obj) { } public SerializedProperty FindProperty(string propertyPath) => null; public bool ApplyModifiedProperties() => true; public bool ApplyModifiedPropertiesWithoutUndo() => true; public void Update() { } public void Dispose() { } public Object targetObject => null; }
    [StubOf("Unity 2022.3")] public class SerializedProperty { public string stringValue { get; set; } public float floatValue { get; set; } public int intValue { get; set; } public bool boolValue { get; set; } public Object objectReferenceValue { get; set; } public int arraySize { get; set; } public SerializedProperty GetArrayElementAtIndex(int index) => null; public SerializedProperty FindPropertyRelative(string relativePropertyPath) => null; }
    [StubOf("Unity 2022.3")] public static class EditorJsonUtility { public static string ToJson(object obj, bool prettyPrint) => ""; }
    [StubOf("Unity 2022.3")] public sealed class Selection { public static Object activeObject { get; set; } }
    [StubOf("Unity 2022.3")] public sealed class EditorGUIUtility { public static void PingObject(Object obj) { } }
    [StubOf("Unity 2022.3")] public sealed class Progress { [StubOf("Unity 2022.3")] public enum Status { Running, Succeeded, Failed, Canceled, Paused } [StubOf("Unity 2022.3")] [Flags] public enum Options { None = 0, Indefinite = 2 } public static int Start(string name, string description = null, Options options = Options.None, int parentId = -1) => 0; public static void Report(int id, float progress, string description) { } public static void Finish(int id, Status status = Status.Succeeded) { } public static void RegisterCancelCallback(int id, Func<bool> callback) { } public static int Remove(int id) => 0; }
    [StubOf("Unity 2022.3")] public enum BuildTarget { StandaloneWindows = 5, iOS = 9, Android = 13, StandaloneLinux64 = 24 }
    [StubOf("Unity 2022.3")] public enum BuildTargetGroup { Unknown, Standalone = 1, iOS = 4, Android = 7 }
    [StubOf("Unity 2022.3")] [Flags] public enum BuildOptions { None = 0, Development = 1 }
    [StubOf("Unity 2022.3")] public struct BuildPlayerOptions { public string[] scenes { get; set; } public string locationPathName { get; set; } public BuildTarget target { get; set; } public BuildTargetGroup targetGroup { get; set; } public BuildOptions options { get; set; } }
    [StubOf("Unity 2022.3")] public class BuildPipeline { public static UnityEditor.Build.Reporting.BuildReport BuildPlayer(BuildPlayerOptions buildPlayerOptions) => null; public static bool IsBuildTargetSupported(BuildTargetGroup buildTargetGroup, BuildTarget target) => true; }
    [StubOf("Unity 2022.3")] public class EditorBuildSettingsScene { public EditorBuildSettingsScene(string path, bool enabled) { this.path = path; } public string path { get; set; } public bool enabled { get; set; } }
    [StubOf("Unity 2022.3")] public sealed class EditorBuildSettings { public static EditorBuildSettingsScene[] scenes { get; set; } public static void AddConfigObject(string name, Object obj, bool overwrite) { } public static bool TryGetConfigObject<T>(string name, out T result) where T : Object { result = null; return false; } }
    [StubOf("Unity 2022.3")] public enum MobileTextureSubtarget { Generic, DXT, PVRTC, ETC = 4, ETC2, ASTC }
    [StubOf("Unity 2022.3")] public sealed class EditorUserBuildSettings { public static MobileTextureSubtarget androidBuildSubtarget { get; set; } public static BuildTarget activeBuildTarget => default; public static bool SwitchActiveBuildTarget(BuildTargetGroup targetGroup, BuildTarget target) => true; }
    [StubOf("Unity 2022.3")] public enum AndroidSdkVersions { AndroidApiLevel26 = 26, AndroidApiLevel29 = 29, AndroidApiLevel32 = 32, AndroidApiLevelAuto = 0 }
    [StubOf("Unity 2022.3")] [Flags] public enum AndroidArchitecture : uint { None = 0, ARMv7 = 1, ARM64 = 2 }
    [StubOf("Unity 2022.3")] public enum ScriptingImplementation { Mono2x, IL2CPP }
    [StubOf("Unity 2022.3")] public enum InsecureHttpOption { NotAllowed, DevelopmentOnly, AlwaysAllowed }
    [StubOf("Unity 2022.3")] public enum UIOrientation { Portrait, PortraitUpsideDown, LandscapeRight, LandscapeLeft, AutoRotation }
    [StubOf("Unity 2022.3")]
    public sealed class PlayerSettings
    {
        [StubOf("Unity 2022.3")] public sealed class Android { public static AndroidSdkVersions minSdkVersion { get; set; } public static AndroidSdkVersions targetSdkVersion { get; set; } public static AndroidArchitecture targetArchitectures { get; set; } public static bool forceInternetPermission { get; set; } }
        [StubOf("Unity 2022.3")] public sealed class iOS { public static string targetOSVersionString { get; set; } public static string cameraUsageDescription { get; set; } public static string microphoneUsageDescription { get; set; } }
        public static string companyName { get; set; }
        public static string productName { get; set; }
        public static ColorSpace colorSpace { get; set; }
        public static InsecureHttpOption insecureHttpOption { get; set; }
        public static UIOrientation defaultInterfaceOrientation { get; set; }
        public static bool gpuSkinning { get; set; }
        public static void SetScriptingBackend(BuildTargetGroup targetGroup, ScriptingImplementation backend) { }
        public static string GetApplicationIdentifier(BuildTargetGroup targetGroup) => "";
        public static void SetApplicationIdentifier(BuildTargetGroup targetGroup, string identifier) { }
        public static void SetGraphicsAPIs(BuildTarget platform, UnityEngine.Rendering.GraphicsDeviceType[] apis) { }
        public static void SetUseDefaultGraphicsAPIs(BuildTarget platform, bool automatic) { }
        public static void SetScriptingDefineSymbolsForGroup(BuildTargetGroup targetGroup, string defines) { }
        public static string GetScriptingDefineSymbolsForGroup(BuildTargetGroup targetGroup) => "";
    }
    [StubOf("Unity 2022.3")] public class SceneAsset : Object { }
    [StubOf("Unity 2022.3")] public enum ModelImporterMaterialImportMode { None }
}

namespace UnityEditor.Events
{
    using UnityEngine.Events;
    [StubOf("Unity 2022.3")]
    public static class UnityEventTools
    {
        public static void AddPersistentListener(UnityEvent unityEvent, UnityAction call) { }
        public static void AddPersistentListener<T0>(UnityEvent<T0> unityEvent, UnityAction<T0> call) { }
        public static void AddStringPersistentListener(UnityEventBase unityEvent, UnityAction<string> call, string argument) { }
    }
}

namespace UnityEditor.Build.Reporting
{
    [StubOf("Unity 2022.3")] public enum BuildResult { Unknown, Succeeded, Failed, Cancelled }
    [StubOf("Unity 2022.3")] public struct BuildSummary { public BuildResult result => default; public string outputPath => ""; public ulong totalSize => 0; public int totalErrors => 0; }
    [StubOf("Unity 2022.3")] public sealed class BuildReport : Object { public BuildSummary summary => default; }
}

namespace UnityEditor.SceneManagement
{
    using UnityEngine.SceneManagement;
    [StubOf("Unity 2022.3")] public enum NewSceneSetup { EmptyScene, DefaultGameObjects }
    [StubOf("Unity 2022.3")] public enum NewSceneMode { Single, Additive }
    [StubOf("Unity 2022.3")] public enum OpenSceneMode { Single, Additive }
    [StubOf("Unity 2022.3")] public sealed class EditorSceneManager { public static Scene NewScene(NewSceneSetup setup, NewSceneMode mode) => default; public static Scene OpenScene(string scenePath, OpenSceneMode mode) => default; public static bool SaveScene(Scene scene, string dstScenePath) => true; public static bool SaveCurrentModifiedScenesIfUserWantsTo() => true; public static bool MarkSceneDirty(Scene scene) => true; }
}

namespace UnityEditor.UIElements
{
    [StubOf("Unity 2022.3")] public class PropertyField : VisualElement { public PropertyField(SerializedProperty property, string label) { } public PropertyField(SerializedProperty property) { } }
    [StubOf("Unity 2022.3")] public class InspectorElement : BindableElement { public InspectorElement(UnityEditor.SerializedObject obj) { } }
    [StubOf("Unity 2022.3")] public static class BindingExtensions { public static void Bind(this VisualElement element, SerializedObject obj) { } public static void Unbind(this VisualElement element) { } }
    [StubOf("Unity 2022.3")] public class ObjectField : BaseField<Object> { public ObjectField(string label) { } public Type objectType { get; set; } public bool allowSceneObjects { get; set; } }
}

namespace UnityEditor.PackageManager
{
    [StubOf("Unity 2022.3")] public class PackageInfo { public string resolvedPath => ""; public string version => ""; public string name => ""; public static PackageInfo FindForAssembly(System.Reflection.Assembly assembly) => null; public static PackageInfo FindForAssetPath(string assetPath) => null; }
    [StubOf("Unity 2022.3")] public enum StatusCode { InProgress, Success, Failure }
    [StubOf("Unity 2022.3")] public static class Client { public static Requests.AddRequest Add(string identifier) => null; }
}

namespace UnityEditor.PackageManager.Requests
{
    [StubOf("Unity 2022.3")] public class Request { public bool IsCompleted => true; public StatusCode Status => default; public Error Error => null; }
    [StubOf("Unity 2022.3")] public class Error { public string message => ""; }
    [StubOf("Unity 2022.3")] public class AddRequest : Request { public PackageInfo Result => null; }
}

namespace UnityEngine
{
    [StubOf("Unity 2022.3")] public class GUIContent { public GUIContent(string text) { } }
    [StubOf("Unity 2022.3")] public enum ColorSpace { Uninitialized = -1, Gamma, Linear }
}
