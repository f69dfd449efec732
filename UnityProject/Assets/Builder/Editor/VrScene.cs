#nullable enable
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using Showfloor.VR;
using UnityEditor;
using UnityEditor.PackageManager.UI;
using UnityEngine;
using UnityEngine.XR.Interaction.Toolkit;
using UnityEngine.XR.Interaction.Toolkit.Interactables;

namespace Showfloor.Project.Editor
{
    /// <summary>A room with shelves. The rig is the toolkit's own, from its Starter Assets, which are imported first.</summary>
    internal static class VrScene
    {
        private const string Toolkit = "com.unity.xr.interaction.toolkit";
        private const string Rig = "XR Origin (XR Rig)";
        private const int Places = 6;

        public static string Build(string path)
        {
            GameObject? rig = FindRig();
            UnityEngine.SceneManagement.Scene scene = SceneKit.New();
            new GameObject("Interaction manager").AddComponent<XRInteractionManager>();
            if (rig != null)
            {
                var origin = (GameObject)PrefabUtility.InstantiatePrefab(rig);
                origin.AddComponent<ComfortSettings>();
            }
            else
            {
                SceneKit.NewCamera(null).transform.position = new Vector3(0f, 1.6f, 0f);
                Debug.LogWarning("Showfloor: the XR rig is missing: import Starter Assets of the XR Interaction Toolkit (Package Manager > Samples), then build the scenes again.");
            }
            GameObject floor = GameObject.CreatePrimitive(PrimitiveType.Plane);
            floor.name = "Floor, 10 m";
            floor.AddComponent<TeleportFloor>();
            (ShowfloorClient client, DialogueClient dialogue) = SceneKit.NewClient();
            ProductPanel panel = SceneKit.NewProductPanel(client, new Vector3(-1.2f, 1.5f, 1.8f));
            DialoguePanel talk = SceneKit.NewDialoguePanel(dialogue, panel, new Vector3(1.2f, 1.5f, 1.8f));
            NewTalkButton(talk);
            NewShelves(client, panel, dialogue);
            return SceneKit.Save(scene, path);
        }

        private static void NewShelves(ShowfloorClient client, ProductPanel panel, DialogueClient dialogue)
        {
            var shelves = new GameObject("Shelves");
            shelves.transform.position = new Vector3(0f, 0f, 2.2f);
            ShelfFiller filler = shelves.AddComponent<ShelfFiller>();
            ProductHaptics haptics = shelves.AddComponent<ProductHaptics>();
            for (int i = 0; i < Places; i++)
            {
                var at = new Vector3(((i % 3) - 1) * 0.7f, i < 3 ? 0.8f : 1.3f, 0f);
                GameObject board = GameObject.CreatePrimitive(PrimitiveType.Cube);
                board.name = "Board " + (i + 1);
                board.transform.SetParent(shelves.transform, false);
                board.transform.localPosition = at + (Vector3.down * 0.01f);
                board.transform.localScale = new Vector3(0.65f, 0.02f, 0.4f);
                var place = new GameObject("Place " + (i + 1));
                place.transform.SetParent(shelves.transform, false);
                place.transform.localPosition = at;
                BoxCollider zone = place.AddComponent<BoxCollider>();
                zone.isTrigger = true;
                zone.center = new Vector3(0f, 0.2f, 0f);
                zone.size = new Vector3(0.5f, 0.4f, 0.4f);
                SceneKit.Set(place.AddComponent<ShelfSocket>(), "_client", client);
            }
            SceneKit.Set(filler, "_client", client);
            SceneKit.Set(filler, "_panel", panel);
            SceneKit.Set(filler, "_dialogue", dialogue);
            SceneKit.Set(filler, "_haptics", haptics);
        }

        private static void NewTalkButton(DialoguePanel talk)
        {
            GameObject button = GameObject.CreatePrimitive(PrimitiveType.Sphere);
            button.name = "Hold to talk";
            button.transform.position = new Vector3(0.7f, 1.1f, 1.4f);
            button.transform.localScale = Vector3.one * 0.08f;
            XRSimpleInteractable simple = button.AddComponent<XRSimpleInteractable>();
            PushToTalk push = button.AddComponent<PushToTalk>();
            SceneKit.Set(push, "_panel", talk);
            SceneKit.Set(push, "_button", simple);
        }

        private static GameObject? FindRig()
        {
            GameObject? rig = LoadRig();
            if (rig != null)
            {
                return rig;
            }
            foreach (Sample sample in Sample.FindByPackage(Toolkit, null!))
            {
                if (sample.displayName == "Starter Assets")
                {
                    sample.Import(Sample.ImportOptions.OverridePreviousImports);
                    AssetDatabase.Refresh();
                }
            }
            return LoadRig();
        }

        private static GameObject? LoadRig()
        {
            foreach (string guid in AssetDatabase.FindAssets("t:Prefab \"" + Rig + "\""))
            {
                var found = AssetDatabase.LoadAssetAtPath<GameObject>(AssetDatabase.GUIDToAssetPath(guid));
                if (found != null && found.name == Rig)
                {
                    return found;
                }
            }
            return null;
        }
    }
}
