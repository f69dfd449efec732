#nullable enable
#if SHOWFLOOR_GLTFAST
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using GLTFast;
using GLTFast.Logging;
using UnityEngine;

namespace Showfloor.Unity.Models
{
    /// <summary>Loads GLB files with glTFast.</summary>
    public sealed class GltfModelLoader : IModelLoader
    {
        private static readonly string[] Extensions =
        {
            "KHR_mesh_quantization", "KHR_texture_transform", "KHR_materials_unlit", "KHR_materials_variants",
            "KHR_materials_clearcoat", "KHR_materials_transmission", "KHR_materials_pbrSpecularGlossiness",
            "KHR_lights_punctual", "EXT_mesh_gpu_instancing",
#if SHOWFLOOR_KTX
            "KHR_texture_basisu",
#endif
#if SHOWFLOOR_MESHOPT
            "EXT_meshopt_compression",
#endif
#if SHOWFLOOR_DRACO
            "KHR_draco_mesh_compression",
#endif
        };

        /// <inheritdoc/>
        public IReadOnlyList<string> ReadableExtensions => Extensions;

        /// <inheritdoc/>
        public async Task<LoadedModel> LoadAsync(
            byte[] glb, Transform parent, string name, FrameBudgetAgent budget, CancellationToken cancellationToken)
        {
            var logger = new CollectingLogger();
            var import = new GltfImport(null, budget, null, logger);
            var root = new GameObject(name);
            try
            {
                root.SetActive(false);
                root.transform.SetParent(parent, false);
                var settings = new ImportSettings
                {
                    GenerateMipMaps = true,
                    AnisotropicFilterLevel = 3,
                    AnimationMethod = AnimationMethod.None,
                };
                bool loaded = await import.Load(glb, null, settings, cancellationToken);
                GoOn(root, cancellationToken);
                if (!loaded)
                {
                    throw Unreadable(name, logger);
                }
                var instantiator = new GameObjectInstantiator(
                    import, root.transform, logger, new InstantiationSettings { Mask = ComponentType.Mesh, Layer = parent.gameObject.layer });
                bool made = await import.InstantiateMainSceneAsync(instantiator, cancellationToken);
                GoOn(root, cancellationToken);
                if (!made)
                {
                    throw Unreadable(name, logger);
                }
                return new GltfModel(root, import, instantiator.SceneInstance?.MaterialsVariantsControl, Problems(logger));
            }
            catch
            {
                Destroy(root);
                import.Dispose();
                throw;
            }
        }

        /// <summary>glTFast answers false, too, where it was cancelled or its parent is gone.</summary>
        private static void GoOn(GameObject root, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (root == null)
            {
                throw new OperationCanceledException("The parent was destroyed while the model was loaded.");
            }
        }

        private static ShowfloorException Unreadable(string name, CollectingLogger logger)
        {
            List<string> problems = Problems(logger);
            return new ShowfloorException(
                RpcStatus.DataLoss,
                "MODEL_UNREADABLE",
                name + " cannot be loaded: " + (problems.Count > 0 ? string.Join("; ", problems) : "glTFast gave no reason") + ".",
                "Install the packages that glTFast names (KTX for Unity, meshoptimizer decompression), or choose the profile desktop.");
        }

        private static List<string> Problems(CollectingLogger logger)
        {
            var problems = new List<string>();
            foreach (LogItem item in logger.Items ?? Array.Empty<LogItem>())
            {
                if (item.Type == LogType.Error || item.Type == LogType.Exception)
                {
                    problems.Add(item.ToString().TrimEnd('.'));
                }
            }
            return problems;
        }

        private static void Destroy(GameObject? root)
        {
            if (root == null)
            {
                return;
            }
            if (Application.isPlaying)
            {
                UnityEngine.Object.Destroy(root);
            }
            else
            {
                UnityEngine.Object.DestroyImmediate(root);
            }
        }

        private sealed class GltfModel : LoadedModel
        {
            private const int DefaultMaterials = -1; // no variant has it, so that each slot takes its own material
            private readonly GltfImport _import;
            private readonly MaterialsVariantsControl? _control;
            private readonly List<string> _variants = new List<string>();
            private readonly IReadOnlyList<string> _warnings;
            private bool _disposed;

            public GltfModel(GameObject root, GltfImport import, MaterialsVariantsControl? control, IReadOnlyList<string> warnings)
            {
                Root = root;
                _import = import;
                _control = control;
                _warnings = warnings;
                for (int i = 0; control != null && i < control.MaterialsVariantsCount; i++)
                {
                    _variants.Add(control.GetMaterialsVariantName(i));
                }
            }

            public override GameObject Root { get; }

            public override IReadOnlyList<string> Variants => _variants;

            public override IReadOnlyList<string> Warnings => _warnings;

            public override async Task SetVariantAsync(string name, CancellationToken cancellationToken)
            {
                int index = name.Length == 0 ? DefaultMaterials : _variants.IndexOf(name);
                if (_control != null && (index >= 0 || name.Length == 0))
                {
                    await _control.ApplyMaterialsVariantAsync(index, cancellationToken);
                }
            }

            public override void Dispose()
            {
                if (_disposed)
                {
                    return;
                }
                _disposed = true;
                Destroy(Root);
                _import.Dispose();
            }
        }
    }
}
#endif
