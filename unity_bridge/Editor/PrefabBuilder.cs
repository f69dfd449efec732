#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using Showfloor.Assets;
using Showfloor.Scene;
using UnityEditor;
using UnityEngine;
using Object = UnityEngine.Object;

namespace Showfloor.Editor
{
    /// <summary>Which collider a prefab gets.</summary>
    public enum PrefabCollider
    {
        /// <summary>None.</summary>
        None,

        /// <summary>A box around it.</summary>
        Box,

        /// <summary>The convex hull of the coarsest level.</summary>
        Convex,
    }

    /// <summary>How a prefab is made.</summary>
    public sealed class PrefabOptions
    {
        /// <summary>Folder that gets a folder for each product.</summary>
        public string Folder { get; set; } = "Assets/Showfloor";

        /// <summary>Which collider it gets.</summary>
        public PrefabCollider Collider { get; set; } = PrefabCollider.Box;

        /// <summary>Label and group entry in Addressables; empty: none. Needs the package com.unity.addressables.</summary>
        public string AddressablesLabel { get; set; } = "";
    }

    /// <summary>Files of an asset to a prefab with levels of detail.</summary>
    public static class PrefabBuilder
    {
        private const int MostLevels = 9;

        /// <summary>Writes the GLB files, has glTFast import them, and makes the prefab. An older prefab of the same name is
        /// replaced and keeps its GUID.</summary>
        /// <returns>Path of the prefab.</returns>
        /// <exception cref="ShowfloorException">GLTF_IMPORT_FAILED, PREFAB_FAILED, ADDRESSABLES_MISSING,
        /// FOLDER_INVALID.</exception>
        public static string Build(string name, IReadOnlyList<LoadedLod> files, PrefabOptions options)
        {
            Check(options);
            string safe = AssetFolders.SafeName(name);
            string folder = options.Folder.TrimEnd('/') + "/" + safe;
            AssetFolders.Ensure(folder);
            var lods = new List<LoadedLod>(files);
            lods.Sort((a, b) => a.Lod.Level.CompareTo(b.Lod.Level));
            var paths = new List<string>();
            foreach (LoadedLod lod in lods)
            {
                string path = FileOf(folder, safe, lod.Lod.Level);
                File.WriteAllBytes(AssetFolders.FullPath(path), lod.Data);
                paths.Add(path);
            }
            AssetDatabase.StartAssetEditing(); // one import for all of them
            try
            {
                foreach (string path in paths)
                {
                    AssetDatabase.ImportAsset(path, ImportAssetOptions.ForceSynchronousImport | ImportAssetOptions.ForceUpdate);
                }
            }
            finally
            {
                AssetDatabase.StopAssetEditing();
            }
            string prefab = folder + "/" + safe + ".prefab";
            var root = new GameObject(safe);
            try
            {
                Assemble(root, lods, paths, options.Collider);
                PrefabUtility.SaveAsPrefabAsset(root, prefab, out bool saved);
                if (!saved)
                {
                    throw new ShowfloorException(
                        RpcStatus.FailedPrecondition, "PREFAB_FAILED", prefab + " could not be saved.", "Check that the folder may be written to.");
                }
            }
            finally
            {
                Object.DestroyImmediate(root);
            }
            for (int level = 1; level <= MostLevels; level++)
            {
                string stale = FileOf(folder, safe, level);
                if (!paths.Contains(stale) && File.Exists(AssetFolders.FullPath(stale)))
                {
                    AssetDatabase.DeleteAsset(stale); // of an older conversion that had more levels
                }
            }
            if (options.AddressablesLabel.Length > 0)
            {
                AddressablesEntry.Add(prefab, options.AddressablesLabel);
            }
            return prefab;
        }

        private static string FileOf(string folder, string name, int level) =>
            folder + "/" + name + (level == 0 ? ".glb" : ".lod" + level + ".glb");

        private static void Check(PrefabOptions options)
        {
            if (options.Folder != "Assets" && !options.Folder.StartsWith("Assets/", StringComparison.Ordinal))
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument, "FOLDER_INVALID", "'" + options.Folder + "' does not lie below Assets.", "Write it like Assets/Showfloor.");
            }
            if (options.AddressablesLabel.Length > 0)
            {
                AddressablesEntry.Check();
            }
        }

        private static void Assemble(GameObject root, List<LoadedLod> lods, List<string> paths, PrefabCollider collider)
        {
            var triangles = new List<long>();
            var levels = new LOD[lods.Count];
            Bounds bounds = default;
            GameObject? coarsest = null;
            for (int i = 0; i < lods.Count; i++)
            {
                var model = AssetDatabase.LoadAssetAtPath<GameObject>(paths[i]);
                if (model == null)
                {
                    throw new ShowfloorException(
                        RpcStatus.FailedPrecondition,
                        "GLTF_IMPORT_FAILED",
                        paths[i] + " was not imported as a model.",
                        "Install com.unity.cloud.gltfast 6, com.unity.cloud.ktx and com.unity.meshopt.decompress; the Console says what glTFast missed.");
                }
                var level = (GameObject)PrefabUtility.InstantiatePrefab(model, root.transform);
                level.name = "LOD" + lods[i].Lod.Level;
                Renderer[] renderers = level.GetComponentsInChildren<Renderer>(true);
                levels[i] = new LOD(0f, renderers);
                triangles.Add(lods[i].Lod.Triangles);
                for (int r = 0; r < renderers.Length && i == 0; r++)
                {
                    if (r == 0)
                    {
                        bounds = renderers[r].bounds;
                    }
                    else
                    {
                        bounds.Encapsulate(renderers[r].bounds);
                    }
                }
                coarsest = level;
            }
            float[] heights = LodTransitions.Heights(triangles);
            for (int i = 0; i < levels.Length; i++)
            {
                levels[i].screenRelativeTransitionHeight = i == levels.Length - 1 ? 0f : heights[i];
            }
            LODGroup group = root.AddComponent<LODGroup>();
            group.SetLODs(levels);
            group.RecalculateBounds();
            if (collider == PrefabCollider.Box)
            {
                BoxCollider box = root.AddComponent<BoxCollider>();
                box.center = bounds.center;
                box.size = bounds.size;
            }
            else if (collider == PrefabCollider.Convex && coarsest != null)
            {
                foreach (MeshFilter filter in coarsest.GetComponentsInChildren<MeshFilter>(true))
                {
                    // Beside the mesh: its own transform scales it where the file has quantised positions.
                    MeshCollider hull = filter.gameObject.AddComponent<MeshCollider>();
                    hull.sharedMesh = filter.sharedMesh;
                    hull.convex = true;
                }
            }
        }
    }
}
