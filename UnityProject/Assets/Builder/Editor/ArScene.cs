#nullable enable
using Showfloor.Unity;
using UnityEngine;
using UnityEngine.UI;
#if SHOWFLOOR_VUFORIA
using Showfloor.AR;
using Vuforia;
#endif

namespace Showfloor.Project.Editor
{
    /// <summary>A product beside its packaging. Without Vuforia the scene says how to add it.</summary>
    internal static class ArScene
    {
        public static string Build(string path)
        {
            UnityEngine.SceneManagement.Scene scene = SceneKit.New();
            Camera camera = SceneKit.NewCamera(null);
            (ShowfloorClient client, DialogueClient _) = SceneKit.NewClient();
            Canvas canvas = SceneKit.NewCanvas("Hints", false, Vector2.zero);
            Text hint = SceneKit.NewText(canvas, "Hint", 0.02f, 0.15f, 40);
            TryOnApp app = new GameObject("AR try-on").AddComponent<TryOnApp>();
#if SHOWFLOOR_VUFORIA
            camera.gameObject.AddComponent<VuforiaBehaviour>();
            PackagingTarget target = new GameObject("Packaging").AddComponent<PackagingTarget>();
            TargetedProduct product = new GameObject("Product").AddComponent<TargetedProduct>();
            SceneKit.Set(product, "_client", client);
            SceneKit.Set(product, "_target", target);
            TouchPlacement touch = product.gameObject.AddComponent<TouchPlacement>();
            SceneKit.Set(touch, "_product", product);
            SceneKit.Set(touch, "_camera", camera);
            SceneKit.Set(app, "_target", target);
            SceneKit.Set(app, "_product", product);
#else
            camera.clearFlags = CameraClearFlags.SolidColor;
#endif
            SceneKit.Set(app, "_hint", hint);
            return SceneKit.Save(scene, path);
        }
    }
}
