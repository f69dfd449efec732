#nullable enable
using System.Collections.Generic;
using UnityEditor;
using UnityEditor.XR.Management;
using UnityEditor.XR.Management.Metadata;
using UnityEngine;
using UnityEngine.Rendering;
using UnityEngine.Rendering.Universal;
using UnityEngine.XR.Management;
using UnityEngine.XR.OpenXR;
using UnityEngine.XR.OpenXR.Features;

namespace Showfloor.Project.Editor
{
    /// <summary>Player, rendering and XR settings for each device.</summary>
    public static class PlayerSetup
    {
        private const string Folder = "Assets/Settings";
        private const string OpenXr = "UnityEngine.XR.OpenXR.OpenXRLoader";

        private static readonly HashSet<string> QuestFeatures = new HashSet<string>
        {
            "MetaQuestFeature", "OculusTouchControllerProfile", "MetaQuestTouchPlusControllerProfile",
            "MetaQuestTouchProControllerProfile",
        };

        /// <summary>What all devices share: names, linear colour, URP.</summary>
        [MenuItem("Showfloor/Project/Settings for All Devices", false, 70)]
        public static void Shared()
        {
            PlayerSettings.companyName = "Showfloor";
            PlayerSettings.productName = "Showfloor";
            PlayerSettings.colorSpace = ColorSpace.Linear;
            PlayerSettings.insecureHttpOption = InsecureHttpOption.DevelopmentOnly;
            UseBothInputs();
            if (!AssetDatabase.IsValidFolder(Folder))
            {
                AssetDatabase.CreateFolder("Assets", "Settings");
            }
            var pipeline = AssetDatabase.LoadAssetAtPath<UniversalRenderPipelineAsset>(Folder + "/Showfloor-URP.asset");
            if (pipeline == null)
            {
                UniversalRendererData renderer = ScriptableObject.CreateInstance<UniversalRendererData>();
                AssetDatabase.CreateAsset(renderer, Folder + "/Showfloor-Renderer.asset");
                pipeline = UniversalRenderPipelineAsset.Create(renderer);
                AssetDatabase.CreateAsset(pipeline, Folder + "/Showfloor-URP.asset");
            }
            pipeline.msaaSampleCount = 4;
            pipeline.supportsHDR = false;
            EditorUtility.SetDirty(pipeline);
            GraphicsSettings.defaultRenderPipeline = pipeline;
            QualitySettings.renderPipeline = pipeline;
        }

        /// <summary>An Android phone with Vuforia: no XR loader, portrait.</summary>
        [MenuItem("Showfloor/Project/Settings for Android Phone", false, 71)]
        public static void AndroidPhone()
        {
            Android("com.showfloor.artryon", AndroidSdkVersions.AndroidApiLevel26);
            PlayerSettings.defaultInterfaceOrientation = UIOrientation.Portrait;
            PlayerSettings.SetUseDefaultGraphicsAPIs(BuildTarget.Android, false);
            PlayerSettings.SetGraphicsAPIs(BuildTarget.Android, new[] { GraphicsDeviceType.OpenGLES3, GraphicsDeviceType.Vulkan });
            XRGeneralSettings xr = Xr(BuildTargetGroup.Android);
            XRPackageMetadataStore.RemoveLoader(xr.Manager, OpenXr, BuildTargetGroup.Android);
            SetProfile("mobile-ar");
        }

        /// <summary>Quest with OpenXR.</summary>
        [MenuItem("Showfloor/Project/Settings for Quest", false, 72)]
        public static void Quest()
        {
            Android("com.showfloor.vrshowroom", AndroidSdkVersions.AndroidApiLevel32);
            PlayerSettings.defaultInterfaceOrientation = UIOrientation.LandscapeLeft;
            PlayerSettings.SetUseDefaultGraphicsAPIs(BuildTarget.Android, false);
            PlayerSettings.SetGraphicsAPIs(BuildTarget.Android, new[] { GraphicsDeviceType.Vulkan });
            XRGeneralSettings xr = Xr(BuildTargetGroup.Android);
            xr.InitManagerOnStart = true;
            if (!XRPackageMetadataStore.AssignLoader(xr.Manager, OpenXr, BuildTargetGroup.Android))
            {
                Debug.LogError("Showfloor: OpenXR could not be chosen: open Project Settings > XR Plug-in Management > Android and tick OpenXR.");
            }
            OpenXRSettings openXr = OpenXRSettings.GetSettingsForBuildTargetGroup(BuildTargetGroup.Android);
            if (openXr == null)
            {
                Debug.LogError("Showfloor: there are no OpenXR settings yet: open Project Settings > XR Plug-in Management > OpenXR, then run this again.");
                return;
            }
            foreach (OpenXRFeature feature in openXr.GetFeatures())
            {
                if (QuestFeatures.Contains(feature.GetType().Name))
                {
                    feature.enabled = true;
                    EditorUtility.SetDirty(feature);
                }
            }
            openXr.renderMode = OpenXRSettings.RenderMode.SinglePassInstanced;
            EditorUtility.SetDirty(openXr);
            SetProfile("quest3");
        }

        /// <summary>iPhone and iPad with Vuforia.</summary>
        [MenuItem("Showfloor/Project/Settings for iOS", false, 73)]
        public static void Ios()
        {
            PlayerSettings.SetApplicationIdentifier(BuildTargetGroup.iOS, "com.showfloor.artryon");
            PlayerSettings.SetScriptingBackend(BuildTargetGroup.iOS, ScriptingImplementation.IL2CPP);
            PlayerSettings.iOS.targetOSVersionString = "15.0";
            PlayerSettings.iOS.cameraUsageDescription = "Shows products in your room.";
            PlayerSettings.iOS.microphoneUsageDescription = "Lets you speak with the shop assistant.";
            PlayerSettings.defaultInterfaceOrientation = UIOrientation.Portrait;
            SetProfile("mobile-ar");
        }

        /// <summary>The toolkit needs the Input System, touch placement the old input: both. Takes effect when the editor is
        /// started again.</summary>
        private static void UseBothInputs()
        {
            const int both = 2;
            Object[] settings = AssetDatabase.LoadAllAssetsAtPath("ProjectSettings/ProjectSettings.asset");
            if (settings.Length == 0)
            {
                return;
            }
            using (var serialized = new SerializedObject(settings[0]))
            {
                SerializedProperty input = serialized.FindProperty("activeInputHandler");
                if (input != null && input.intValue != both)
                {
                    input.intValue = both;
                    serialized.ApplyModifiedPropertiesWithoutUndo();
                    Debug.Log("Showfloor: input is now Both; restart the editor once.");
                }
            }
        }

        private static void Android(string identifier, AndroidSdkVersions lowest)
        {
            PlayerSettings.SetApplicationIdentifier(BuildTargetGroup.Android, identifier);
            PlayerSettings.SetScriptingBackend(BuildTargetGroup.Android, ScriptingImplementation.IL2CPP);
            PlayerSettings.Android.targetArchitectures = AndroidArchitecture.ARM64;
            PlayerSettings.Android.minSdkVersion = lowest;
            PlayerSettings.Android.targetSdkVersion = AndroidSdkVersions.AndroidApiLevelAuto;
            PlayerSettings.Android.forceInternetPermission = true;
        }

        private static void SetProfile(string profile)
        {
            Unity.ShowfloorSettings settings = Showfloor.Editor.SettingsAsset.FindOrCreate();
            settings.Profile = profile;
            EditorUtility.SetDirty(settings);
            AssetDatabase.SaveAssets();
        }

        private static XRGeneralSettings Xr(BuildTargetGroup group)
        {
            if (!EditorBuildSettings.TryGetConfigObject(XRGeneralSettings.k_SettingsKey, out XRGeneralSettingsPerBuildTarget all))
            {
                if (!AssetDatabase.IsValidFolder("Assets/XR"))
                {
                    AssetDatabase.CreateFolder("Assets", "XR");
                }
                all = ScriptableObject.CreateInstance<XRGeneralSettingsPerBuildTarget>();
                AssetDatabase.CreateAsset(all, "Assets/XR/XRGeneralSettings.asset");
                EditorBuildSettings.AddConfigObject(XRGeneralSettings.k_SettingsKey, all, true);
            }
            if (!all.HasSettingsForBuildTarget(group))
            {
                all.CreateDefaultSettingsForBuildTarget(group);
            }
            if (!all.HasManagerSettingsForBuildTarget(group))
            {
                all.CreateDefaultManagerSettingsForBuildTarget(group);
            }
            return all.SettingsForBuildTarget(group);
        }
    }
}
