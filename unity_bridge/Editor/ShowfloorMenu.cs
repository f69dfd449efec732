#nullable enable
using System;
using System.IO;
using Showfloor.Unity;
using UnityEditor;
using UnityEngine;

namespace Showfloor.Editor
{
    /// <summary>The menu Showfloor.</summary>
    internal static class ShowfloorMenu
    {
        private const string KeyFolder = "Assets/Showfloor/Local/Resources";
        private const string Ignored = "/Assets/Showfloor/Local/\n/Assets/Showfloor/Local.meta\n";

        [MenuItem("Showfloor/Import Window", false, 1)]
        private static void Open() => ShowfloorWindow.Open();

        [MenuItem("Showfloor/Settings", false, 2)]
        private static void Settings() => SettingsService.OpenProjectSettings(ShowfloorSettingsProvider.Path);

        [MenuItem("Showfloor/Start Local Server", false, 20)]
        private static async void Start()
        {
            Debug.Log("Showfloor: starting " + LocalServer.Command + "; this takes some seconds.");
            try
            {
                Debug.Log("Showfloor: " + await LocalServer.StartAsync());
            }
            catch (Exception error) when (error is ShowfloorException || error is OperationCanceledException)
            {
                EditorUtility.DisplayDialog("Showfloor", FailureText.Of(error), "OK");
            }
        }

        [MenuItem("Showfloor/Start Local Server", true)]
        private static bool CanStart() => !LocalServer.IsRunning;

        [MenuItem("Showfloor/Stop Local Server", false, 21)]
        private static void Stop() => LocalServer.Stop();

        [MenuItem("Showfloor/Stop Local Server", true)]
        private static bool CanStop() => LocalServer.IsRunning;

        [MenuItem("Showfloor/Batch Import…", false, 3)]
        private static void Batch() => BatchImport.ChooseAndRun();

        [MenuItem("Showfloor/Create Local Key Asset", false, 40)]
        private static void CreateKey()
        {
            string path = KeyFolder + "/" + ShowfloorSecret.ResourceName + ".asset";
            var secret = AssetDatabase.LoadAssetAtPath<ShowfloorSecret>(path);
            if (secret == null)
            {
                AssetFolders.Ensure(KeyFolder);
                secret = ScriptableObject.CreateInstance<ShowfloorSecret>();
                AssetDatabase.CreateAsset(secret, path);
                AssetDatabase.SaveAssets();
            }
            string ignore = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Application.dataPath)) ?? ".", ".gitignore");
            string known = File.Exists(ignore) ? File.ReadAllText(ignore) : "";
            if (!known.Contains("/Assets/Showfloor/Local/"))
            {
                File.AppendAllText(ignore, (known.Length > 0 && !known.EndsWith("\n", StringComparison.Ordinal) ? "\n" : "") + Ignored);
            }
            Selection.activeObject = secret;
            EditorGUIUtility.PingObject(secret);
        }
    }
}
