#nullable enable
using Showfloor.Unity;
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.InputSystem.UI;
using UnityEngine.UI;
using UnityEngine.XR.Interaction.Toolkit.UI;

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

        /// <summary>A canvas on the screen, laid out for 1080 × 1920.</summary>
        public static Canvas NewScreen(string name)
        {
            var holder = new GameObject(name, typeof(Canvas), typeof(CanvasScaler), typeof(GraphicRaycaster));
            Canvas canvas = holder.GetComponent<Canvas>();
            canvas.renderMode = RenderMode.ScreenSpaceOverlay;
            CanvasScaler scaler = holder.GetComponent<CanvasScaler>();
            scaler.uiScaleMode = CanvasScaler.ScaleMode.ScaleWithScreenSize;
            scaler.referenceResolution = new Vector2(1080f, 1920f);
            scaler.matchWidthOrHeight = 0.5f;
            return canvas;
        }

        /// <summary>A canvas in the room, 1 mm a pixel, its back to where it looks; rays and fingers of XR rigs reach it.</summary>
        public static Canvas NewBoard(string name, Vector2 size, Vector3 at)
        {
            var holder = new GameObject(name, typeof(Canvas), typeof(CanvasScaler), typeof(TrackedDeviceGraphicRaycaster));
            Canvas canvas = holder.GetComponent<Canvas>();
            canvas.renderMode = RenderMode.WorldSpace;
            ((RectTransform)canvas.transform).sizeDelta = size;
            canvas.transform.localScale = Vector3.one * 0.001f;
            canvas.transform.position = at;
            var away = new Vector3(at.x, 0f, at.z);
            if (away.sqrMagnitude > 1e-4f)
            {
                canvas.transform.rotation = Quaternion.LookRotation(away, Vector3.up);
            }
            Back((RectTransform)canvas.transform);
            return canvas;
        }

        /// <summary>A dark back for text.</summary>
        public static void Back(RectTransform area)
        {
            Image back = area.gameObject.AddComponent<Image>();
            back.color = new Color(0.08f, 0.09f, 0.11f, 0.85f);
        }

        /// <summary>What turns touches (or rays) into clicks; one for a scene.</summary>
        public static void NewEvents(bool xr)
        {
            var holder = new GameObject("EventSystem", typeof(EventSystem));
            if (xr)
            {
                holder.AddComponent<XRUIInputModule>();
            }
            else
            {
                holder.AddComponent<InputSystemUIInputModule>();
            }
        }

        /// <summary>Sets a serialised field.</summary>
        public static void Set(Object target, string field, Object? value)
        {
            using (var serialized = new SerializedObject(target))
            {
                SerializedProperty property = serialized.FindProperty(field)
                    ?? throw new System.MissingFieldException(target.GetType().Name, field);
                property.objectReferenceValue = value!;
                serialized.ApplyModifiedPropertiesWithoutUndo();
            }
        }

        /// <summary>Saves the scene.</summary>
        public static void Save(UnityEngine.SceneManagement.Scene scene, string path)
        {
            if (!EditorSceneManager.SaveScene(scene, path))
            {
                throw new System.IO.IOException(path + " could not be saved.");
            }
        }
    }
}
