using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using UnityEngine;

namespace GLTFast
{
    using GLTFast.Loading;
    using GLTFast.Logging;
    using GLTFast.Materials;

    [StubOf("com.unity.cloud.gltfast 6.18.0")]
    public interface IDeferAgent { bool ShouldDefer(); bool ShouldDefer(float duration); Task BreakPoint(); Task BreakPoint(float duration); }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public interface IGltfReadable { }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public interface IInstantiator { }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public interface IMaterialsVariantsProvider { int MaterialsVariantsCount { get; } string GetMaterialsVariantName(int index); }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public enum NameImportMethod { Original, OriginalUnique }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public enum AnimationMethod { None, Legacy, Mecanim }
    [StubOf("com.unity.cloud.gltfast 6.18.0")]
    public class ImportSettings { public NameImportMethod NodeNameMethod { get; set; } public AnimationMethod AnimationMethod { get; set; } public bool GenerateMipMaps { get; set; } public int AnisotropicFilterLevel { get; set; } }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public enum SceneObjectCreation { Never, Always, WhenMultipleRootNodes }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] [Flags] public enum ComponentType { None = 0, Mesh = 1, Animation = 2, Camera = 4, Light = 8, All = -1 }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public class InstantiationSettings { public ComponentType Mask { get; set; } public int Layer { get; set; } public SceneObjectCreation SceneObjectCreation { get; set; } }
    [StubOf("com.unity.cloud.gltfast 6.18.0")]
    public class MaterialsVariantsControl : IMaterialsVariantsProvider { public int MaterialsVariantsCount => 0; public string GetMaterialsVariantName(int index) => ""; public Task ApplyMaterialsVariantAsync(int variantIndex, CancellationToken cancellationToken = default) => Task.CompletedTask; }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public class GameObjectSceneInstance { public MaterialsVariantsControl MaterialsVariantsControl => null; }
    [StubOf("com.unity.cloud.gltfast 6.18.0")]
    public class GameObjectInstantiator : IInstantiator
    {
        public GameObjectInstantiator(IGltfReadable gltf, Transform parent, ICodeLogger logger = null, InstantiationSettings settings = null) { }
        public GameObjectSceneInstance SceneInstance => null;
        public Transform SceneTransform => null;
    }
    [StubOf("com.unity.cloud.gltfast 6.18.0")]
    public abstract class GltfImportBase : IGltfReadable, IDisposable
    {
        public bool LoadingDone => true;
        public bool LoadingError => false;
        public Task<bool> Load(byte[] data, Uri uri = null, ImportSettings importSettings = null, CancellationToken cancellationToken = default) => Task.FromResult(true);
        public Task<bool> InstantiateMainSceneAsync(IInstantiator instantiator, CancellationToken cancellationToken = default) => Task.FromResult(true);
        public void Dispose() { }
    }
    [StubOf("com.unity.cloud.gltfast 6.18.0")]
    public class GltfImport : GltfImportBase
    {
        public GltfImport(IDownloadProvider downloadProvider = null, IDeferAgent deferAgent = null, IMaterialGenerator materialGenerator = null, ICodeLogger logger = null) { }
    }
}

namespace GLTFast.Loading { [StubOf("com.unity.cloud.gltfast 6.18.0")] public interface IDownloadProvider { } }
namespace GLTFast.Materials { [StubOf("com.unity.cloud.gltfast 6.18.0")] public interface IMaterialGenerator { } }
namespace GLTFast.Logging
{
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public interface ICodeLogger { }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public class LogItem { public LogType Type => default; public override string ToString() => ""; }
    [StubOf("com.unity.cloud.gltfast 6.18.0")] public class CollectingLogger : ICodeLogger { public int Count => 0; public IEnumerable<LogItem> Items => null; }
}
