#nullable enable
using UnityEditor;
using UnityEditor.XR.Management;
using UnityEditor.XR.Management.Metadata;
using UnityEditor.XR.OpenXR.Features;
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
        private const string Phone = "com.showfloor.artryon";
        private const string Headset = "com.showfloor.vrshowroom";

        private static readonly string[] QuestFeatures =
        {
            "com.unity.openxr.feature.metaquest", "com.unity.openxr.feature.input.oculustouch",
        };

        /// <summary>Not in every version of the plug-in and the editor.</summary>
        private static readonly string[] OptionalQuestFeatures =
        {
            "com.unity.openxr.feature.input.metaquestplus", "com.unity.openxr.feature.input.metaquestpro",
            "com.unity.openxr.feature.foveatedrendering",
        };

        /// <summary>What all devices share: names, linear colour, input, URP. Names and rendering that were chosen by hand stay.</summary>
        [MenuItem("Showfloor/Project/Settings for All Devices", false, 70)]
        public static void Shared()
        {
            if (PlayerSettings.companyName == "DefaultCompany")
            {
                PlayerSettings.companyName = "Showfloor";
                PlayerSettings.productName = "Showfloor";
            }
            PlayerSettings.colorSpace = ColorSpace.Linear;
            if (PlayerSettings.insecureHttpOption == InsecureHttpOption.NotAllowed)
            {
                PlayerSettings.insecureHttpOption = InsecureHttpOption.DevelopmentOnly;
            }
            UseInputSystem();
            if (!AssetDatabase.IsValidFolder(Folder))
            {
                AssetDatabase.CreateFolder("Assets", "Settings");
            }
            if (GraphicsSettings.defaultRenderPipeline == null)
            {
                RenderPipelineAsset pipeline = Pipeline();
                GraphicsSettings.defaultRenderPipeline = pipeline;
                QualitySettings.renderPipeline = pipeline;
            }
        }

        /// <summary>An Android phone with Vuforia: no XR loader, portrait.</summary>
        [MenuItem("Showfloor/Project/Settings for Android Phone", false, 71)]
        public static void AndroidPhone()
        {
            Android(Phone, AndroidSdkVersions.AndroidApiLevel26);
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
            if (!TryQuest(out string problem))
            {
                EditorUtility.DisplayDialog("Showfloor", problem, "OK");
            }
        }

        /// <summary>Quest with OpenXR; says what is missing instead of building something that shows no picture.</summary>
        internal static bool TryQuest(out string problem)
        {
            Android(Headset, AndroidSdkVersions.AndroidApiLevel32);
            PlayerSettings.defaultInterfaceOrientation = UIOrientation.LandscapeLeft;
            PlayerSettings.SetUseDefaultGraphicsAPIs(BuildTarget.Android, false);
            PlayerSettings.SetGraphicsAPIs(BuildTarget.Android, new[] { GraphicsDeviceType.Vulkan });
            SetProfile("quest3");
            XRGeneralSettings xr = Xr(BuildTargetGroup.Android);
            xr.InitManagerOnStart = true;
            xr.Manager.automaticLoading = true;
            xr.Manager.automaticRunning = true;
            XRPackageMetadataStore.AssignLoader(xr.Manager, OpenXr, BuildTargetGroup.Android);
            EditorUtility.SetDirty(xr.Manager);
            if (!HasOpenXr(xr.Manager))
            {
                problem = "OpenXR could not be chosen: open Project Settings > XR Plug-in Management > Android tab, tick OpenXR, then try again.";
                return false;
            }
            FeatureHelpers.RefreshFeatures(BuildTargetGroup.Android);
            OpenXRSettings openXr = OpenXRSettings.GetSettingsForBuildTargetGroup(BuildTargetGroup.Android);
            if (openXr == null)
            {
                problem = "There are no OpenXR settings yet: open Project Settings > XR Plug-in Management > OpenXR once, then try again.";
                return false;
            }
            openXr.renderMode = OpenXRSettings.RenderMode.SinglePassInstanced;
            EditorUtility.SetDirty(openXr);
            foreach (string id in QuestFeatures)
            {
                if (!Enable(id))
                {
                    problem = "The OpenXR plug-in has no feature " + id + ": install com.unity.xr.openxr 1.14 or newer.";
                    return false;
                }
            }
            foreach (string id in OptionalQuestFeatures)
            {
                if (!Enable(id))
                {
                    Debug.Log("Showfloor: this OpenXR plug-in does not offer " + id + " in this editor.");
                }
            }
            AssetDatabase.SaveAssets();
            problem = "";
            return true;
        }

        /// <summary>iPhone and iPad with Vuforia.</summary>
        [MenuItem("Showfloor/Project/Settings for iOS", false, 73)]
        public static void Ios()
        {
            Identify(BuildTargetGroup.iOS, Phone);
            PlayerSettings.SetScriptingBackend(BuildTargetGroup.iOS, ScriptingImplementation.IL2CPP);
            PlayerSettings.iOS.targetOSVersionString = "15.0";
            if (string.IsNullOrEmpty(PlayerSettings.iOS.cameraUsageDescription))
            {
                PlayerSettings.iOS.cameraUsageDescription = "Shows products in your room, and on you.";
            }
            if (string.IsNullOrEmpty(PlayerSettings.iOS.microphoneUsageDescription))
            {
                PlayerSettings.iOS.microphoneUsageDescription = "Lets you speak with the shop assistant.";
            }
            PlayerSettings.defaultInterfaceOrientation = UIOrientation.Portrait;
            SetProfile("mobile-ar");
        }

        private static bool HasOpenXr(XRManagerSettings manager)
        {
            foreach (XRLoader loader in manager.activeLoaders)
            {
                if (loader != null && loader.GetType().FullName == OpenXr)
                {
                    return true;
                }
            }
            return false;
        }

        private static bool Enable(string id)
        {
            OpenXRFeature feature = FeatureHelpers.GetFeatureWithIdForBuildTarget(BuildTargetGroup.Android, id);
            if (feature == null)
            {
                return false;
            }
            feature.enabled = true;
            EditorUtility.SetDirty(feature);
            return true;
        }

        private static RenderPipelineAsset Pipeline()
        {
            var pipeline = AssetDatabase.LoadAssetAtPath<UniversalRenderPipelineAsset>(Folder + "/Showfloor-URP.asset");
            if (pipeline != null)
            {
                return pipeline;
            }
            UniversalRendererData renderer = ScriptableObject.CreateInstance<UniversalRendererData>();
            AssetDatabase.CreateAsset(renderer, Folder + "/Showfloor-Renderer.asset");
            ResourceReloader.ReloadAllNullIn(renderer, UniversalRenderPipelineAsset.packagePath); // its shaders, as URP's own menu does
            EditorUtility.SetDirty(renderer);
            pipeline = UniversalRenderPipelineAsset.Create(renderer);
            pipeline.msaaSampleCount = 4;
            pipeline.supportsHDR = false;
            AssetDatabase.CreateAsset(pipeline, Folder + "/Showfloor-URP.asset");
            return pipeline;
        }

        /// <summary>The Input System alone: with both inputs Unity refuses Android builds. Takes effect when the editor is
        /// started again.</summary>
        private static void UseInputSystem()
        {
            const int inputSystem = 1;
            Object[] settings = AssetDatabase.LoadAllAssetsAtPath("ProjectSettings/ProjectSettings.asset");
            if (settings.Length == 0)
            {
                return;
            }
            using (var serialized = new SerializedObject(settings[0]))
            {
                SerializedProperty input = serialized.FindProperty("activeInputHandler");
                if (input != null && input.intValue != inputSystem)
                {
                    input.intValue = inputSystem;
                    serialized.ApplyModifiedPropertiesWithoutUndo();
                    Debug.LogWarning("Showfloor: input is now the Input System; restart the editor once.");
                }
            }
        }

        /// <summary>Names an app where it still has Unity's name or one of ours.</summary>
        private static void Identify(BuildTargetGroup group, string identifier)
        {
            string now = PlayerSettings.GetApplicationIdentifier(group);
            if (string.IsNullOrEmpty(now) || now == Phone || now == Headset
                || now.StartsWith("com.DefaultCompany", System.StringComparison.Ordinal)
                || now.StartsWith("com.Showfloor.", System.StringComparison.Ordinal))
            {
                PlayerSettings.SetApplicationIdentifier(group, identifier);
            }
        }

        private static void Android(string identifier, AndroidSdkVersions lowest)
        {
            Identify(BuildTargetGroup.Android, identifier);
            PlayerSettings.SetScriptingBackend(BuildTargetGroup.Android, ScriptingImplementation.IL2CPP);
            PlayerSettings.Android.targetArchitectures = AndroidArchitecture.ARM64;
            PlayerSettings.Android.minSdkVersion = lowest;
            PlayerSettings.Android.targetSdkVersion = AndroidSdkVersions.AndroidApiLevelAuto;
            PlayerSettings.Android.forceInternetPermission = true;
            EditorUserBuildSettings.androidBuildSubtarget = MobileTextureSubtarget.ASTC;
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
