namespace UnityEngine
{
    [StubOf("Unity 2022.3")] public enum CameraClearFlags { Skybox = 1, SolidColor = 2, Depth = 3, Nothing = 4 }
    [StubOf("Unity 2022.3")]
    public sealed class Camera : Behaviour
    {
        public static Camera main { get; set; }
        public float fieldOfView { get; set; } = 60;
        public float nearClipPlane { get; set; }
        public float farClipPlane { get; set; }
        public float aspect { get; set; } = 1.5f;
        public CameraClearFlags clearFlags { get; set; }
        public Color backgroundColor { get; set; }
        public Ray ScreenPointToRay(Vector3 pos) => default;
    }
    [StubOf("Unity 2022.3")] public enum LightType { Spot, Directional, Point }
    [StubOf("Unity 2022.3")] public enum LightShadows { None, Hard, Soft }
    [StubOf("Unity 2022.3")]
    public sealed class Light : Behaviour
    {
        public LightType type { get; set; }
        public float intensity { get; set; }
        public Color color { get; set; }
        public LightShadows shadows { get; set; }
    }
    [StubOf("Unity 2022.3")] public class AudioListener : Behaviour { }
    [StubOf("Unity 2022.3")]
    public class Texture : Object { public int width { get; set; } public int height { get; set; } public bool isReadable => true; }
    [StubOf("Unity 2022.3")] public struct WebCamDevice { public string name => ""; public bool isFrontFacing => false; }
    /// <summary>Behaves: tests say which cameras there are, and which has a picture.</summary>
    [StubOf("Unity 2022.3")]
    public sealed class WebCamTexture : Texture
    {
        public WebCamTexture(string deviceName, int requestedWidth, int requestedHeight, int requestedFPS) { }
        public static WebCamDevice[] devices { get; set; } = new WebCamDevice[0];
        public bool isPlaying { get; private set; }
        public bool didUpdateThisFrame { get; set; }
        public int videoRotationAngle => 0;
        public bool videoVerticallyMirrored => false;
        public void Play() => isPlaying = true;
        public void Stop() => isPlaying = false;
        public Color32[] GetPixels32() => new Color32[0];
    }
    [StubOf("Unity 2022.3")] public enum TextureFormat { RGB24 = 3, RGBA32 = 4 }
    [StubOf("Unity 2022.3")]
    public sealed class Texture2D : Texture
    {
        public Texture2D(int width, int height) { this.width = width; this.height = height; }
        public Texture2D(int width, int height, TextureFormat textureFormat, bool mipChain) : this(width, height) { }
        public static Texture2D whiteTexture => null;
        public void Apply() { }
        public void SetPixels32(Color32[] colors) { }
        public Color32[] GetPixels32() => new Color32[width * height];
        public TextureFormat format { get; set; } = TextureFormat.RGB24;
    }
    [StubOf("Unity 2022.3")]
    public static class ImageConversion
    {
        public static bool LoadImage(this Texture2D tex, byte[] data) => true;
        public static bool LoadImage(this Texture2D tex, byte[] data, bool markNonReadable) => true;
        public static byte[] EncodeToJPG(this Texture2D tex, int quality) => new byte[0];
        public static byte[] EncodeToPNG(this Texture2D tex) => new byte[0];
    }
    [StubOf("Unity 2022.3")] public sealed class Shader : Object { public static Shader Find(string name) => null; }
    [StubOf("Unity 2022.3")]
    public class Material : Object
    {
        public Material(Shader shader) { }
        public Material(Material source) { }
        public Color color { get; set; }
        public int renderQueue { get; set; }
        public void SetColor(string name, Color value) { }
        public void SetFloat(string name, float value) { }
        public string[] GetTexturePropertyNames() => new string[0];
        public Texture GetTexture(string name) => null;
        public void SetTexture(string name, Texture value) { }
    }
    [StubOf("Unity 2022.3")]
    public sealed class Mesh : Object { public Bounds bounds { get; set; } public int vertexCount => 0; public int[] triangles { get; set; } }
    [StubOf("Unity 2022.3")] public sealed class MeshFilter : Component { public Mesh sharedMesh { get; set; } public Mesh mesh { get; set; } }
    [StubOf("Unity 2022.3")]
    public class Renderer : Component
    {
        public bool enabled { get; set; } = true;
        public Bounds bounds { get; set; }
        public Bounds localBounds { get; set; }
        public Material sharedMaterial { get; set; }
        public Material[] sharedMaterials { get; set; } = new Material[0];
        public Material material { get; set; }
        public UnityEngine.Rendering.ShadowCastingMode shadowCastingMode { get; set; }
    }
    [StubOf("Unity 2022.3")] public class MeshRenderer : Renderer { }
    [StubOf("Unity 2022.3")] public class SkinnedMeshRenderer : Renderer { public Mesh sharedMesh { get; set; } }
    [StubOf("Unity 2022.3")]
    public struct LOD
    {
        public float screenRelativeTransitionHeight;
        public float fadeTransitionWidth;
        public Renderer[] renderers;
        public LOD(float screenRelativeTransitionHeight, Renderer[] renderers)
        {
            this.screenRelativeTransitionHeight = screenRelativeTransitionHeight;
            this.renderers = renderers;
            fadeTransitionWidth = 0;
        }
    }
    [StubOf("Unity 2022.3")] public enum LODFadeMode { None, CrossFade, SpeedTree }
    [StubOf("Unity 2022.3")]
    public class LODGroup : Component
    {
        private LOD[] _lods = new LOD[0];
        public bool enabled { get; set; } = true;
        public LODFadeMode fadeMode { get; set; }
        public bool animateCrossFading { get; set; }
        public float size { get; set; }
        public int lodCount => _lods.Length;
        public LOD[] GetLODs() => _lods;
        public void SetLODs(LOD[] lods) => _lods = lods;
        public void RecalculateBounds() { }
        public void ForceLOD(int index) { }
    }
    [StubOf("Unity 2022.3")] public enum RenderMode { ScreenSpaceOverlay, ScreenSpaceCamera, WorldSpace }
    [StubOf("Unity 2022.3")] public sealed class Canvas : Behaviour { public RenderMode renderMode { get; set; } public Camera worldCamera { get; set; } public float planeDistance { get; set; } }
    [StubOf("Unity 2022.3")] public sealed class Font : Object { }
    [StubOf("Unity 2022.3")] public enum TextAnchor { UpperLeft, UpperCenter, UpperRight, MiddleLeft, MiddleCenter }
    [StubOf("Unity 2022.3")] public sealed class Sprite : Object { public static Sprite Create(Texture2D texture, Rect rect, Vector2 pivot) => null; }
    [StubOf("Unity 2022.3")] public static class RenderSettings { public static Color ambientLight { get; set; } public static UnityEngine.Rendering.AmbientMode ambientMode { get; set; } }
    [StubOf("Unity 2022.3")] public static class QualitySettings { public static float lodBias { get; set; } = 1; public static int vSyncCount { get; set; } public static Rendering.RenderPipelineAsset renderPipeline { get; set; } }
}

namespace UnityEngine.Rendering
{
    [StubOf("Unity 2022.3")] public enum ShadowCastingMode { Off, On, TwoSided, ShadowsOnly }
    [StubOf("Unity 2022.3")] public enum AmbientMode { Skybox, Trilight, Flat = 3 }
    [StubOf("Unity 2022.3")] public class RenderPipelineAsset : ScriptableObject { }
    [StubOf("Unity 2022.3")] public sealed class GraphicsSettings { public static RenderPipelineAsset defaultRenderPipeline { get; set; } public static RenderPipelineAsset currentRenderPipeline => null; }
    [StubOf("Unity 2022.3")] public enum GraphicsDeviceType { Vulkan = 21, OpenGLES3 = 11, Metal = 16, Null = 4 }
}
