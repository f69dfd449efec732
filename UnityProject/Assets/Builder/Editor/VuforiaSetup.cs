#nullable enable
using System.IO;
using UnityEditor;
using UnityEditor.PackageManager;
using UnityEngine;
#if SHOWFLOOR_VUFORIA
using Vuforia;
#endif

namespace Showfloor.Project.Editor
{
    /// <summary>Adds Vuforia Engine, and gives it its licence key from a file that is never committed.</summary>
    internal static class VuforiaSetup
    {
        private const string KeyFile = "Assets/Showfloor/Local/vuforia-licence.txt";

        [MenuItem("Showfloor/Project/Add Vuforia…", false, 90)]
        private static void Add()
        {
            string file = EditorUtility.OpenFilePanel("com.ptc.vuforia.engine-….tgz from Vuforia's download page", "", "tgz");
            if (file.Length == 0)
            {
                return;
            }
            string name = Path.GetFileName(file);
            if (!name.StartsWith("com.ptc.vuforia.engine-", System.StringComparison.Ordinal))
            {
                EditorUtility.DisplayDialog("Showfloor", name + " is not Vuforia Engine.\n\nWhat to do: download com.ptc.vuforia.engine 10 or 11 as .tgz.", "OK");
                return;
            }
            File.Copy(file, Path.Combine("Packages", name), true);
            Client.Add("file:" + name);
        }

        [MenuItem("Showfloor/Project/Vuforia Licence", false, 91)]
        private static void Licence()
        {
#if SHOWFLOOR_VUFORIA
            if (!File.Exists(KeyFile))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
                File.WriteAllText(KeyFile, "");
                AssetDatabase.Refresh();
            }
            if (!ApplyKey())
            {
                EditorUtility.DisplayDialog("Showfloor", "There is no licence key yet.\n\nWhat to do: paste it into " + KeyFile + " (it is in .gitignore), then choose this again.", "OK");
                return;
            }
            Debug.Log("Showfloor: Vuforia has its licence key. Its settings asset is in .gitignore, too.");
#else
            EditorUtility.DisplayDialog("Showfloor", "Vuforia Engine is not installed.\n\nWhat to do: Showfloor > Project > Add Vuforia….", "OK");
#endif
        }

        /// <summary>Gives Vuforia the key of the file, or of SHOWFLOOR_VUFORIA_KEY on build machines. Builds do it by themselves.</summary>
        /// <returns>Whether there is a key.</returns>
        internal static bool ApplyKey()
        {
#if SHOWFLOOR_VUFORIA
            string key = File.Exists(KeyFile) ? File.ReadAllText(KeyFile).Trim() : "";
            key = key.Length > 0 ? key : (System.Environment.GetEnvironmentVariable("SHOWFLOOR_VUFORIA_KEY") ?? "").Trim();
            if (key.Length == 0)
            {
                return false;
            }
            VuforiaConfiguration.Instance.Vuforia.LicenseKey = key;
            EditorUtility.SetDirty(VuforiaConfiguration.Instance);
            AssetDatabase.SaveAssets();
            return true;
#else
            return false;
#endif
        }
    }
}
