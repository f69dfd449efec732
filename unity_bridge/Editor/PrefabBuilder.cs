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
                string path = folder + "/" + safe + (lod.Lod.Level == 0 ? ".glb" : ".lod" + lod.Lod.Level + ".glb");
                File.WriteAllBytes(path, lod.Data);
                paths.Add(path);
            }
            foreach (string path in paths)
            {
                AssetDatabase.ImportAsset(path, ImportAssetOptions.ForceSynchronousImport | ImportAssetOptions.ForceUpdate);
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
            if (options.AddressablesLabel.Length > 0)
            {
                AddressablesEntry.Add(prefab, options.AddressablesLabel);
            }
            return prefab;
        }

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
            Mesh? coarsest = null;
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
                MeshFilter filter = level.GetComponentInChildren<MeshFilter>(true);
                coarsest = filter != null ? filter.sharedMesh : coarsest;
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
                MeshCollider hull = root.AddComponent<MeshCollider>();
                hull.sharedMesh = coarsest;
                hull.convex = true;
            }
        }
    }
}
