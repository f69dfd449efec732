#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using Showfloor.Unity;
using UnityEditor;
using UnityEditor.Build.Reporting;
using UnityEditor.SceneManagement;
using UnityEngine;

namespace Showfloor.Project.Editor
{
    /// <summary>Makes the scenes and settings of this project, in whatever editor opens it: from the menu, in batch mode
    /// (<c>-executeMethod Showfloor.Project.Editor.ProjectBuilder.BuildAll</c>), and once on the first open. What was changed by
    /// hand since stays as it is.</summary>
    [InitializeOnLoad]
    public static class ProjectBuilder
    {
        /// <summary>Where the scenes are.</summary>
        public const string Scenes = "Assets/Scenes";

        /// <summary>Raised with each change of what is built.</summary>
        private const string Version = "1";

        private const string List = "ProjectSettings/ShowfloorBuilt.txt";
        private const string Asked = "Showfloor.Project.Asked";
        private const string Waiting = "Showfloor.Project.Waiting";

        static ProjectBuilder()
        {
            if (!Application.isBatchMode)
            {
                EditorApplication.delayCall += FirstOpen;
            }
        }

        /// <summary>Makes scenes, prefabs and settings that are missing, and makes anew those that nobody has changed.</summary>
        [MenuItem("Showfloor/Project/Build Scenes and Settings", false, 60)]
        public static void BuildAll() => Start(true);

        private static void Start(bool mayImport)
        {
            if (Ready())
            {
                Begin(mayImport);
            }
        }

        /// <summary>Whether scenes may be opened now; asks what shall become of changes in those that are open.</summary>
        private static bool Ready()
        {
            if (EditorApplication.isPlayingOrWillChangePlaymode)
            {
                Fail("Leave play mode first.");
                return false;
            }
            return Application.isBatchMode || EditorSceneManager.SaveCurrentModifiedScenesIfUserWantsTo();
        }

        private static void Begin(bool mayImport)
        {
            if (mayImport && VrScene.ImportRig() && !Application.isBatchMode)
            {
                SessionState.SetBool(Waiting, true);
                Debug.Log("Showfloor: the toolkit's Starter Assets were imported; the scenes are built when they have been compiled.");
                return;
            }
            Build(new BuiltFiles(List));
        }

        /// <summary>Makes all scenes and prefabs anew, whatever was changed in them. Nothing is deleted first: they keep their
        /// GUIDs, and what refers to them goes on doing so.</summary>
        [MenuItem("Showfloor/Project/Reset Scenes and Prefabs…", false, 61)]
        public static void Reset()
        {
            if (EditorUtility.DisplayDialog("Showfloor", "Make the scenes and prefabs of Showfloor anew? Your changes in them are lost.", "Reset", "Cancel")
                && Ready())
            {
                new BuiltFiles(List).Release(Everything());
                Begin(true);
            }
        }

        /// <summary>Builds the AR app for an Android phone into Build/ArTryOn.apk.</summary>
        [MenuItem("Showfloor/Project/Build for Android Phone", false, 80)]
        public static void BuildPhone()
        {
            PlayerSetup.AndroidPhone();
            GiveKey();
            Player("ARTryOn", "Build/ArTryOn.apk", BuildTarget.Android, BuildTargetGroup.Android);
        }

        /// <summary>Builds the VR app for Quest into Build/VrShowroom.apk.</summary>
        [MenuItem("Showfloor/Project/Build for Quest", false, 81)]
        public static void BuildQuest()
        {
            if (PlayerSetup.TryQuest(out string problem))
            {
                Player("VRShowroom", "Build/VrShowroom.apk", BuildTarget.Android, BuildTargetGroup.Android);
            }
            else
            {
                Fail(problem);
            }
        }

        /// <summary>Builds the Xcode project of the AR app into Build/iOS.</summary>
        [MenuItem("Showfloor/Project/Build for iOS", false, 82)]
        public static void BuildIos()
        {
            PlayerSetup.Ios();
            GiveKey();
            Player("ARTryOn", "Build/iOS", BuildTarget.iOS, BuildTargetGroup.iOS);
        }

        private static void GiveKey()
        {
            if (!VuforiaSetup.ApplyKey())
            {
                Debug.LogWarning("Showfloor: Vuforia or its licence key is missing, without which AR does not start: Showfloor > Project > Vuforia Licence.");
            }
        }

        private static IEnumerable<string> Everything()
        {
            yield return Scenes + "/EditorTools.unity";
            yield return Scenes + "/ARTryOn.unity";
            yield return Scenes + "/VRShowroom.unity";
            foreach (string prefab in PrefabKit.Paths)
            {
                yield return prefab;
            }
        }

        private static void Build(BuiltFiles built)
        {
            foreach (string folder in new[] { "Scenes", "Prefabs" })
            {
                if (!AssetDatabase.IsValidFolder("Assets/" + folder))
                {
                    AssetDatabase.CreateFolder("Assets", folder);
                }
            }
            Showfloor.Editor.SettingsAsset.FindOrCreate();
            PlayerSetup.Shared();
            var kept = new List<string>();
            One(built, kept, PrefabKit.Client, PrefabKit.Build);
            One(built, kept, PrefabKit.Product, PrefabKit.Build);
            One(built, kept, PrefabKit.Dialogue, PrefabKit.Build);
            One(built, kept, Scenes + "/EditorTools.unity", ToolsScene.Build);
            One(built, kept, Scenes + "/ARTryOn.unity", ArScene.Build);
            One(built, kept, Scenes + "/VRShowroom.unity", VrScene.Build);
            ListScenes();
            AssetDatabase.SaveAssets();
            Debug.Log("Showfloor: the scenes lie in " + Scenes + "."
                + (kept.Count > 0 ? " Kept as they are, since they were changed by hand: " + string.Join(", ", kept) + "." : ""));
        }

        private static void One(BuiltFiles built, List<string> kept, string path, Action<string> make)
        {
            if (!built.MayWrite(path))
            {
                kept.Add(path);
                return;
            }
            string stamp = Stamp();
            if (!built.IsCurrent(path, stamp))
            {
                make(path);
                built.Wrote(path, stamp);
            }
        }

        /// <summary>What scenes are made of: with Vuforia or the rig they become others.</summary>
        private static string Stamp()
        {
            string stamp = Version;
#if SHOWFLOOR_VUFORIA
            stamp += "+vuforia";
#endif
            stamp += PanelKit.Chinese ? "+zh" : "+en";
            return VrScene.HasRig ? stamp + "+rig" : stamp;
        }

        /// <summary>Puts the scenes into the build settings, behind scenes that are there already.</summary>
        private static void ListScenes()
        {
            var scenes = new List<EditorBuildSettingsScene>(EditorBuildSettings.scenes);
            foreach (string name in new[] { "ARTryOn", "VRShowroom", "EditorTools" })
            {
                string path = Scenes + "/" + name + ".unity";
                if (!scenes.Exists(scene => scene.path == path))
                {
                    scenes.Add(new EditorBuildSettingsScene(path, name != "EditorTools"));
                }
            }
            EditorBuildSettings.scenes = scenes.ToArray();
        }

        private static void FirstOpen()
        {
            bool waited = SessionState.GetBool(Waiting, false);
            if (!waited && (File.Exists(Scenes + "/VRShowroom.unity") || SessionState.GetBool(Asked, false)))
            {
                return;
            }
            SessionState.SetBool(Asked, true);
            SessionState.SetBool(Waiting, false);
            Start(!waited); // imported once: should the rig still be missing, the scene says so
        }

        private static void Player(string scene, string path, BuildTarget target, BuildTargetGroup group)
        {
            if (!BuildPipeline.IsBuildTargetSupported(group, target))
            {
                Fail("This editor has no build support for " + target + ": add the module in Unity Hub.");
                return;
            }
            string file = Scenes + "/" + scene + ".unity";
            if (!File.Exists(file))
            {
                Fail(file + " is missing: choose Showfloor > Project > Build Scenes and Settings first.");
                return;
            }
            ShowfloorSettings settings = Showfloor.Editor.SettingsAsset.FindOrCreate();
            bool plain = settings.ServerUrl.Trim().StartsWith("http:", StringComparison.OrdinalIgnoreCase);
            if (plain)
            {
                Debug.LogWarning("Showfloor: " + settings.ServerUrl + " is not encrypted, so this is a development build, which alone may use http. For shops give an https address.");
            }
            BuildReport report = BuildPipeline.BuildPlayer(new BuildPlayerOptions
            {
                scenes = new[] { file },
                locationPathName = path,
                target = target,
                targetGroup = group,
                options = plain ? BuildOptions.Development : BuildOptions.None,
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
