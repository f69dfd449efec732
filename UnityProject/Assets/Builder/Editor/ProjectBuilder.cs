#nullable enable
using System;
using System.IO;
using UnityEditor;
using UnityEditor.Build.Reporting;
using UnityEngine;

namespace Showfloor.Project.Editor
{
    /// <summary>Makes the scenes and settings of this project, in whatever editor opens it: from the menu, in batch mode
    /// (<c>-executeMethod Showfloor.Project.Editor.ProjectBuilder.BuildAll</c>), and once on the first open.</summary>
    [InitializeOnLoad]
    public static class ProjectBuilder
    {
        /// <summary>Where the scenes are.</summary>
        public const string Scenes = "Assets/Scenes";

        private const string Asked = "Showfloor.Project.Asked";

        static ProjectBuilder()
        {
            if (!Application.isBatchMode)
            {
                EditorApplication.delayCall += FirstOpen;
            }
        }

        /// <summary>Makes everything. Scenes that are there are made anew.</summary>
        [MenuItem("Showfloor/Project/Build Scenes and Settings", false, 60)]
        public static void BuildAll()
        {
            if (!Application.isBatchMode && !UnityEditor.SceneManagement.EditorSceneManager.SaveCurrentModifiedScenesIfUserWantsTo())
            {
                return;
            }
            if (!AssetDatabase.IsValidFolder(Scenes))
            {
                AssetDatabase.CreateFolder("Assets", "Scenes");
            }
            Showfloor.Editor.SettingsAsset.FindOrCreate();
            PlayerSetup.Shared();
            PrefabKit.Build();
            string tools = ToolsScene.Build(Scenes + "/EditorTools.unity");
            string ar = ArScene.Build(Scenes + "/ARTryOn.unity");
            string vr = VrScene.Build(Scenes + "/VRShowroom.unity");
            EditorBuildSettings.scenes = new[]
            {
                new EditorBuildSettingsScene(ar, true),
                new EditorBuildSettingsScene(vr, true),
                new EditorBuildSettingsScene(tools, false),
            };
            AssetDatabase.SaveAssets();
            Debug.Log("Showfloor: the scenes lie in " + Scenes + ".");
        }

        /// <summary>Builds the AR app for an Android phone into Build/ArTryOn.apk.</summary>
        [MenuItem("Showfloor/Project/Build for Android Phone", false, 80)]
        public static void BuildPhone()
        {
            PlayerSetup.AndroidPhone();
            Player("ARTryOn", "Build/ArTryOn.apk", BuildTarget.Android, BuildTargetGroup.Android);
        }

        /// <summary>Builds the VR app for Quest into Build/VrShowroom.apk.</summary>
        [MenuItem("Showfloor/Project/Build for Quest", false, 81)]
        public static void BuildQuest()
        {
            PlayerSetup.Quest();
            Player("VRShowroom", "Build/VrShowroom.apk", BuildTarget.Android, BuildTargetGroup.Android);
        }

        /// <summary>Builds the Xcode project of the AR app into Build/iOS.</summary>
        [MenuItem("Showfloor/Project/Build for iOS", false, 82)]
        public static void BuildIos()
        {
            PlayerSetup.Ios();
            Player("ARTryOn", "Build/iOS", BuildTarget.iOS, BuildTargetGroup.iOS);
        }

        private static void FirstOpen()
        {
            if (File.Exists(Scenes + "/VRShowroom.unity") || SessionState.GetBool(Asked, false))
            {
                return;
            }
            SessionState.SetBool(Asked, true);
            BuildAll();
        }

        private static void Player(string scene, string path, BuildTarget target, BuildTargetGroup group)
        {
            if (!BuildPipeline.IsBuildTargetSupported(group, target))
            {
                Fail("This editor has no build support for " + target + ": add the module in Unity Hub.");
                return;
            }
            BuildReport report = BuildPipeline.BuildPlayer(new BuildPlayerOptions
            {
                scenes = new[] { Scenes + "/" + scene + ".unity" },
                locationPathName = path,
                target = target,
                targetGroup = group,
                options = BuildOptions.None,
            });
            if (report.summary.result != BuildResult.Succeeded)
            {
                Fail("The build for " + target + " failed with " + report.summary.totalErrors + " errors; the Console lists them.");
                return;
            }
            Debug.Log("Showfloor: " + report.summary.outputPath + ", " + (report.summary.totalSize / 1e6).ToString("0.0") + " MB.");
        }

        private static void Fail(string message)
        {
            if (Application.isBatchMode)
            {
                throw new InvalidOperationException(message);
            }
            EditorUtility.DisplayDialog("Showfloor", message, "OK");
        }
    }
}
