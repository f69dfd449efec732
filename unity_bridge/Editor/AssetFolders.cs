#nullable enable
using System.IO;
using System.Text;
using UnityEditor;
using UnityEngine;

namespace Showfloor.Editor
{
    /// <summary>Folders and names below Assets.</summary>
    internal static class AssetFolders
    {
        /// <summary>Makes a folder and those above it: "Assets/Showfloor/Tin".</summary>
        public static void Ensure(string path)
        {
            string have = "Assets";
            foreach (string part in path.Substring(have.Length).Split('/'))
            {
                if (part.Length > 0)
                {
                    string next = have + "/" + part;
                    if (!AssetDatabase.IsValidFolder(next))
                    {
                        AssetDatabase.CreateFolder(have, part);
                    }
                    have = next;
                }
            }
        }

        /// <summary>Where "Assets/…" lies on the disk, whatever the working folder is.</summary>
        public static string FullPath(string path) =>
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Application.dataPath)) ?? "", path);

        /// <summary>A name that every file system and Unity take: letters, digits, dot, underscore, hyphen.</summary>
        public static string SafeName(string name)
        {
            var safe = new StringBuilder();
            foreach (char c in name.Trim())
            {
                safe.Append(char.IsLetterOrDigit(c) || c == '.' || c == '_' || c == '-' ? c : '-');
            }
            string text = safe.ToString().Trim('.', '-');
            return text.Length == 0 ? "product" : text.Length > 80 ? text.Substring(0, 80) : text;
        }
    }
}
