#nullable enable
using System.Collections.Generic;
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using UnityEditor;
using UnityEngine;

namespace Showfloor.Project.Editor
{
    /// <summary>Prefabs for scenes of your own: the connection with the assistant, and the two panels.</summary>
    internal static class PrefabKit
    {
        public const string Client = "Assets/Prefabs/Showfloor.prefab";
        public const string Product = "Assets/Prefabs/Product panel.prefab";
        public const string Dialogue = "Assets/Prefabs/Dialogue panel.prefab";

        public static IEnumerable<string> Paths => new[] { Client, Product, Dialogue };

        /// <summary>Makes one. A panel keeps no link to the client: in a scene, assign the one there.</summary>
        public static void Build(string path)
        {
            SceneKit.New();
            (ShowfloorClient client, DialogueClient dialogue) = SceneKit.NewClient();
            GameObject root = client.gameObject;
            if (path == Product)
            {
                root = PanelKit.NewProductPanel(client, Vector3.zero).gameObject;
            }
            else if (path == Dialogue)
            {
                root = PanelKit.NewDialoguePanel(dialogue, null, Vector3.zero).gameObject;
            }
            PrefabUtility.SaveAsPrefabAsset(root, path, out bool saved);
            if (!saved)
            {
                throw new System.IO.IOException(path + " could not be saved.");
            }
        }
    }
}
