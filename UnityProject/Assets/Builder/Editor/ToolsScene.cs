#nullable enable
using UnityEngine;

namespace Showfloor.Project.Editor
{
    /// <summary>A stage to look at prefabs that the window has made.</summary>
    internal static class ToolsScene
    {
        public static void Build(string path)
        {
            UnityEngine.SceneManagement.Scene scene = SceneKit.New();
            Camera camera = SceneKit.NewCamera(null);
            camera.transform.position = new Vector3(0f, 0.4f, -1f);
            camera.transform.rotation = Quaternion.Euler(15f, 0f, 0f);
            camera.clearFlags = CameraClearFlags.SolidColor;
            camera.backgroundColor = new Color(0.8f, 0.8f, 0.8f);
            GameObject table = GameObject.CreatePrimitive(PrimitiveType.Cube);
            table.name = "Table, 1 m";
            table.transform.localScale = new Vector3(1f, 0.02f, 1f);
            table.transform.position = new Vector3(0f, -0.01f, 0f);
            SceneKit.Save(scene, path);
        }
    }
}
