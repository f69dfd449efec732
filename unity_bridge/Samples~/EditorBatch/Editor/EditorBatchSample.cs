#nullable enable
using System;
using System.Collections.Generic;
using Showfloor.Editor;
using UnityEditor;
using UnityEngine;

namespace Showfloor.Samples.EditorBatch
{
    /// <summary>Folders of photos to prefabs with settings of your own: a menu item to start from.</summary>
    public static class EditorBatchSample
    {
        [MenuItem("Showfloor/Samples/Batch with Convex Colliders")]
        private static async void Run()
        {
            string folder = EditorUtility.OpenFolderPanel("One folder of photos for each product", "", "");
            if (folder.Length == 0)
            {
                return;
            }
            var options = new ConversionOptions
            {
                Profile = "mobile-ar",
                Prefab = new PrefabOptions { Folder = "Assets/Products", Collider = PrefabCollider.Convex },
            };
            try
            {
                IReadOnlyList<BatchItem> items = await BatchImport.RunAsync(folder, options);
                foreach (BatchItem item in items)
                {
                    Debug.Log(item.Name + " " + item.Outcome + ": " + item.Detail);
                }
            }
            catch (Exception error) when (error is ShowfloorException || error is OperationCanceledException)
            {
                Debug.LogError(FailureText.Of(error));
            }
        }
    }
}
