#nullable enable
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.UI;

namespace Showfloor.Project.Editor
{
    /// <summary>What the scenes are made of.</summary>
    internal static class SceneKit
    {
        /// <summary>An empty scene with light.</summary>
        public static UnityEngine.SceneManagement.Scene New()
        {
            UnityEngine.SceneManagement.Scene scene = EditorSceneManager.NewScene(NewSceneSetup.EmptyScene, NewSceneMode.Single);
            var sun = new GameObject("Sun", typeof(Light));
            Light light = sun.GetComponent<Light>();
            light.type = LightType.Directional;
            light.intensity = 1f;
            light.shadows = LightShadows.Soft;
            sun.transform.rotation = Quaternion.Euler(50f, -30f, 0f);
            RenderSettings.ambientMode = UnityEngine.Rendering.AmbientMode.Flat;
            RenderSettings.ambientLight = new Color(0.5f, 0.5f, 0.5f);
            return scene;
        }

        /// <summary>A camera as the main one.</summary>
        public static Camera NewCamera(Transform? parent)
        {
            var holder = new GameObject("Main Camera", typeof(Camera), typeof(AudioListener)) { tag = "MainCamera" };
            holder.transform.SetParent(parent, false);
            Camera camera = holder.GetComponent<Camera>();
            camera.nearClipPlane = 0.02f;
            camera.farClipPlane = 100f;
            return camera;
        }

        /// <summary>The connection and the assistant.</summary>
        public static (ShowfloorClient Client, DialogueClient Dialogue) NewClient()
        {
            var holder = new GameObject("Showfloor");
            ShowfloorClient client = holder.AddComponent<ShowfloorClient>();
            Set(client, "_settings", Showfloor.Editor.SettingsAsset.FindOrCreate());
            DialogueClient dialogue = holder.AddComponent<DialogueClient>();
            Set(dialogue, "_client", client);
            return (client, dialogue);
        }

        /// <summary>A canvas; a world-space one is 1 mm a pixel.</summary>
        public static Canvas NewCanvas(string name, bool world, Vector2 size)
        {
            var holder = new GameObject(name, typeof(Canvas), typeof(CanvasScaler), typeof(GraphicRaycaster));
            Canvas canvas = holder.GetComponent<Canvas>();
            canvas.renderMode = world ? RenderMode.WorldSpace : RenderMode.ScreenSpaceOverlay;
            if (world)
            {
                ((RectTransform)canvas.transform).sizeDelta = size;
                canvas.transform.localScale = Vector3.one * 0.001f;
            }
            if (Object.FindObjectOfType<EventSystem>() == null)
            {
                new GameObject("EventSystem", typeof(EventSystem), typeof(StandaloneInputModule));
            }
            return canvas;
        }

        /// <summary>A line or block of text between two heights (0 bottom, 1 top) of a canvas.</summary>
        public static Text NewText(Canvas canvas, string name, float bottom, float top, int size)
        {
            var holder = new GameObject(name, typeof(RectTransform), typeof(Text));
            var area = (RectTransform)holder.transform;
            area.SetParent(canvas.transform, false);
            area.anchorMin = new Vector2(0.05f, bottom);
            area.anchorMax = new Vector2(0.95f, top);
            area.offsetMin = Vector2.zero;
            area.offsetMax = Vector2.zero;
            Text text = holder.GetComponent<Text>();
            text.font = Resources.GetBuiltinResource<Font>("LegacyRuntime.ttf");
            text.fontSize = size;
            text.alignment = TextAnchor.UpperLeft;
            text.color = Color.white;
            return text;
        }

        /// <summary>A panel that shows a product.</summary>
        public static ProductPanel NewProductPanel(ShowfloorClient client, Vector3 at)
        {
            Canvas canvas = NewCanvas("Product panel", true, new Vector2(600, 500));
            canvas.transform.position = at;
            ProductPanel panel = canvas.gameObject.AddComponent<ProductPanel>();
            Set(panel, "_client", client);
            Set(panel, "_title", NewText(canvas, "Title", 0.85f, 1f, 44));
            Set(panel, "_price", NewText(canvas, "Price", 0.72f, 0.85f, 34));
            Set(panel, "_facts", NewText(canvas, "Facts", 0.4f, 0.72f, 28));
            Set(panel, "_description", NewText(canvas, "Description", 0f, 0.4f, 26));
            return panel;
        }

        /// <summary>A panel that talks with the assistant.</summary>
        public static DialoguePanel NewDialoguePanel(DialogueClient dialogue, ProductPanel card, Vector3 at)
        {
            Canvas canvas = NewCanvas("Dialogue panel", true, new Vector2(700, 400));
            canvas.transform.position = at;
            DialoguePanel panel = canvas.gameObject.AddComponent<DialoguePanel>();
            Set(panel, "_dialogue", dialogue);
            Set(panel, "_card", card);
            Set(panel, "_reply", NewText(canvas, "Reply", 0f, 1f, 32));
            return panel;
        }

        /// <summary>Sets a serialised field.</summary>
        public static void Set(Object target, string field, Object value)
        {
            using (var serialized = new SerializedObject(target))
            {
                SerializedProperty property = serialized.FindProperty(field)
                    ?? throw new System.MissingFieldException(target.GetType().Name, field);
                property.objectReferenceValue = value;
                serialized.ApplyModifiedPropertiesWithoutUndo();
            }
        }

        /// <summary>Saves the scene.</summary>
        public static string Save(UnityEngine.SceneManagement.Scene scene, string path)
        {
            if (!EditorSceneManager.SaveScene(scene, path))
            {
                throw new System.IO.IOException(path + " could not be saved.");
            }
            return path;
        }
    }
}
