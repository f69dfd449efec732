#nullable enable
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using UnityEditor;
using UnityEngine;

namespace Showfloor.Project.Editor
{
    /// <summary>Prefabs for scenes of your own: the connection with the assistant, and the two panels.</summary>
    internal static class PrefabKit
    {
        private const string Folder = "Assets/Prefabs";

        public static void Build()
        {
            if (!AssetDatabase.IsValidFolder(Folder))
            {
                AssetDatabase.CreateFolder("Assets", "Prefabs");
            }
            SceneKit.New();
            (ShowfloorClient client, DialogueClient dialogue) = SceneKit.NewClient();
            Save(client.gameObject, "Showfloor");
            ProductPanel product = SceneKit.NewProductPanel(client, Vector3.zero);
            Save(product.gameObject, "Product panel");
            Save(SceneKit.NewDialoguePanel(dialogue, product, Vector3.zero).gameObject, "Dialogue panel");
        }

        private static void Save(GameObject root, string name)
        {
            string path = Folder + "/" + name + ".prefab";
            PrefabUtility.SaveAsPrefabAsset(root, path, out bool saved);
            if (!saved)
            {
                throw new System.IO.IOException(path + " could not be saved.");
            }
        }
    }
}
