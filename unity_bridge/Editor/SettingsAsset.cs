#nullable enable
using Showfloor.Unity;
using UnityEditor;
using UnityEngine;

namespace Showfloor.Editor
{
    /// <summary>The settings of the project: one asset in a Resources folder, made when it is missing.</summary>
    public static class SettingsAsset
    {
        private const string Folder = "Assets/Showfloor/Resources";

        /// <summary>The settings; null where there are none yet.</summary>
        public static ShowfloorSettings? Find()
        {
            foreach (string guid in AssetDatabase.FindAssets("t:" + nameof(ShowfloorSettings)))
            {
                var found = AssetDatabase.LoadAssetAtPath<ShowfloorSettings>(AssetDatabase.GUIDToAssetPath(guid));
                if (found != null)
                {
                    return found;
                }
            }
            return null;
        }

        /// <summary>The settings, made where there are none yet.</summary>
        public static ShowfloorSettings FindOrCreate()
        {
            ShowfloorSettings? found = Find();
            if (found != null)
            {
                return found;
            }
            AssetFolders.Ensure(Folder);
            ShowfloorSettings made = ScriptableObject.CreateInstance<ShowfloorSettings>();
            AssetDatabase.CreateAsset(made, Folder + "/" + ShowfloorSettings.ResourceName + ".asset");
            AssetDatabase.SaveAssets();
            return made;
        }
    }
}
