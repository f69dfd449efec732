#nullable enable
using System.Collections.Generic;
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using Showfloor.VR;
using UnityEditor;
using UnityEditor.PackageManager.UI;
using UnityEngine;
using UnityEngine.InputSystem;
using UnityEngine.UI;
using UnityEngine.XR.Interaction.Toolkit;
using UnityEngine.XR.Interaction.Toolkit.Inputs;
using UnityEngine.XR.Interaction.Toolkit.Interactables;

namespace Showfloor.Project.Editor
{
    /// <summary>A room with shelves. The rig is the toolkit's own, from its Starter Assets, which are imported first.</summary>
    internal static class VrScene
    {
        private const string Toolkit = "com.unity.xr.interaction.toolkit";
        private const string Rig = "XR Origin (XR Rig)";
        private const string Vignette = "TunnelingVignette";
        private const int Places = 6;
        private const int Size = 30;

        /// <summary>Whether the toolkit's rig is in the project.</summary>
        public static bool HasRig => LoadPrefab(Rig) != null;

        /// <summary>Imports the rig where it is missing.</summary>
        /// <returns>Whether it was imported now.</returns>
        public static bool ImportRig()
        {
            if (LoadPrefab(Rig) != null)
            {
                return false;
            }
            bool imported = false;
            foreach (Sample sample in Sample.FindByPackage(Toolkit, null!))
            {
                if (sample.displayName == "Starter Assets" || sample.displayName == "Tunneling Vignette")
                {
                    imported |= sample.Import(Sample.ImportOptions.OverridePreviousImports);
                }
            }
            AssetDatabase.Refresh();
            return imported;
        }

        public static void Build(string path)
        {
            UnityEngine.SceneManagement.Scene scene = SceneKit.New();
            new GameObject("Interaction manager").AddComponent<XRInteractionManager>();
            SceneKit.NewEvents(true);
            ComfortSettings? comfort = NewRig();
            GameObject floor = GameObject.CreatePrimitive(PrimitiveType.Plane);
            floor.name = "Floor, 10 m";
            floor.AddComponent<TeleportFloor>();
            (ShowfloorClient client, DialogueClient dialogue) = SceneKit.NewClient();
            ProductPanel panel = PanelKit.NewProductPanel(client, new Vector3(-1.3f, 1.4f, 1.4f));
            DialoguePanel talk = PanelKit.NewDialoguePanel(dialogue, panel, new Vector3(1.3f, 1.4f, 1.4f));
            NewTalkButton(talk);
            ProductShelf shelf = NewShelves(client);
            Text hint = NewShelfPanel(shelf);
            NewActions(client, dialogue, shelf, hint);
            NewChoices(client, comfort);
            ShowroomApp app = new GameObject("VR showroom").AddComponent<ShowroomApp>();
            SceneKit.Set(app, "_client", client);
            SceneKit.Set(app, "_shelf", shelf);
            SceneKit.Set(app, "_panel", panel);
            SceneKit.Set(app, "_dialogue", dialogue);
            SceneKit.Save(scene, path);
        }

        private static ComfortSettings? NewRig()
        {
            GameObject? prefab = LoadPrefab(Rig);
            if (prefab == null)
            {
                SceneKit.NewCamera(null).transform.position = new Vector3(0f, 1.6f, 0f);
                Debug.LogError("Showfloor: the XR rig is missing: import Starter Assets of the XR Interaction Toolkit (Window > Package Manager > XR Interaction Toolkit > Samples), then choose Showfloor > Project > Build Scenes and Settings.");
                return null;
            }
            var rig = (GameObject)PrefabUtility.InstantiatePrefab(prefab);
            Camera eyes = rig.GetComponentInChildren<Camera>(true);
            GameObject? vignette = LoadPrefab(Vignette);
            if (vignette != null && eyes != null)
            {
                PrefabUtility.InstantiatePrefab(vignette, eyes.transform);
            }
            else
            {
                Debug.LogWarning("Showfloor: the toolkit brings no " + Vignette + ": the view is not narrowed while walking.");
            }
            if (rig.GetComponentInChildren<InputActionManager>(true) == null)
            {
                AddInput(rig);
            }
            return rig.AddComponent<ComfortSettings>();
        }

        /// <summary>Without this nothing reads the controllers.</summary>
        private static void AddInput(GameObject rig)
        {
            foreach (string guid in AssetDatabase.FindAssets("t:InputActionAsset \"XRI Default Input Actions\""))
            {
                var actions = AssetDatabase.LoadAssetAtPath<InputActionAsset>(AssetDatabase.GUIDToAssetPath(guid));
                if (actions != null)
                {
                    rig.AddComponent<InputActionManager>().actionAssets = new List<InputActionAsset> { actions };
                    return;
                }
            }
            Debug.LogError("Showfloor: the input actions of the Starter Assets are missing: import them again (Window > Package Manager > XR Interaction Toolkit > Samples).");
        }

        /// <summary>Two rows of three; products look at the shopper, who stands at the origin and looks along +Z.</summary>
        private static ProductShelf NewShelves(ShowfloorClient client)
        {
            var shelves = new GameObject("Shelves");
            shelves.transform.position = new Vector3(0f, 0f, 2.2f);
            ProductShelf shelf = shelves.AddComponent<ProductShelf>();
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
                place.transform.localEulerAngles = new Vector3(0f, 180f, 0f);
                BoxCollider zone = place.AddComponent<BoxCollider>();
                zone.isTrigger = true;
                zone.center = new Vector3(0f, 0.2f, 0f);
                zone.size = new Vector3(0.5f, 0.4f, 0.4f);
                SceneKit.Set(place.AddComponent<ShelfSocket>(), "_client", client);
            }
            SceneKit.Set(shelf, "_client", client);
            SceneKit.Set(shelf, "_haptics", haptics);
            return shelf;
        }

        /// <summary>What the shelf shows, and buttons for what it shall show.</summary>
        private static Text NewShelfPanel(ProductShelf shelf)
        {
            Transform board = SceneKit.NewBoard("Shelf panel", new Vector2(1300, 300), new Vector3(0f, 0.55f, 1.9f)).transform;
            Text label = PanelKit.Words(PanelKit.Area(board, "Label", 0.03f, 0.62f, 0.97f, 0.97f), Size);
            Text hint = PanelKit.Words(PanelKit.Area(board, "Hint", 0.52f, 0.62f, 0.97f, 0.97f), Size - 4);
            SceneKit.Set(shelf, "_label", label);
            PanelKit.Press(PanelKit.Area(board, "Previous", 0.02f, 0.33f, 0.12f, 0.6f), Size, "◀", shelf.Previous);
            PanelKit.Press(PanelKit.Area(board, "Next", 0.14f, 0.33f, 0.24f, 0.6f), Size, "▶", shelf.Next);
            PanelKit.Press(PanelKit.Area(board, "All", 0.27f, 0.33f, 0.5f, 0.6f), Size, PanelKit.In("All products", "全部商品"), shelf.ShowAll);
            PanelKit.Press(PanelKit.Area(board, "For you", 0.52f, 0.33f, 0.74f, 0.6f), Size, PanelKit.In("For you", "为您推荐"), shelf.Recommend);
            PanelKit.Press(PanelKit.Area(board, "Similar", 0.76f, 0.33f, 0.98f, 0.6f), Size, PanelKit.In("Like this one", "相似商品"), shelf.ShowSimilar);
            InputField field = PanelKit.Field(PanelKit.Area(board, "Search", 0.02f, 0.04f, 0.98f, 0.29f), Size, PanelKit.In("Search", "搜索"));
            UnityEditor.Events.UnityEventTools.AddPersistentListener(field.onSubmit, shelf.Search);
            return hint;
        }

        /// <summary>A table for what the assistant shows, and what it asks beyond that.</summary>
        private static void NewActions(ShowfloorClient client, DialogueClient dialogue, ProductShelf shelf, Text hint)
        {
            GameObject table = GameObject.CreatePrimitive(PrimitiveType.Cube);
            table.name = "Table";
            table.transform.position = new Vector3(-1.4f, 0.4f, 0.5f);
            table.transform.localScale = new Vector3(1f, 0.8f, 0.5f);
            var stage = new GameObject("Stage");
            stage.transform.position = new Vector3(-1.4f, 0.8f, 0.5f);
            stage.transform.rotation = Quaternion.LookRotation(new Vector3(1.4f, 0f, -0.5f), Vector3.up);
            SceneDirector director = stage.AddComponent<SceneDirector>();
            SceneKit.Set(director, "_client", client);
            SceneKit.Set(director, "_dialogue", dialogue);
            SceneKit.Set(director, "_stage", stage.transform);
            ShowroomActions actions = new GameObject("Showroom actions").AddComponent<ShowroomActions>();
            SceneKit.Set(actions, "_client", client);
            SceneKit.Set(actions, "_director", director);
            SceneKit.Set(actions, "_dialogue", dialogue);
            SceneKit.Set(actions, "_shelf", shelf);
            SceneKit.Set(actions, "_hint", hint);
        }

        private static void NewChoices(ShowfloorClient client, ComfortSettings? comfort)
        {
            Transform board = SceneKit.NewBoard("Settings", new Vector2(600, 400), new Vector3(1.5f, 1.2f, -0.2f)).transform;
            ShopperSettings choices = board.gameObject.AddComponent<ShopperSettings>();
            SceneKit.Set(choices, "_client", client);
            SceneKit.Set(choices, "_comfort", comfort);
            (string Field, string Text)[] switches =
            {
                ("_snapTurn", PanelKit.In("Turn in steps", "分段转身")),
                ("_walking", PanelKit.In("Walk with the left stick", "用左摇杆行走")),
                ("_seated", PanelKit.In("I am sitting", "我坐着")),
                ("_narrow", PanelKit.In("Narrow the view while moving", "移动时缩小视野")),
                ("_consent", PanelKit.In("The shop may learn from what I do", "允许商店了解我的操作")),
            };
            for (int i = 0; i < switches.Length; i++)
            {
                float top = 0.95f - (i * 0.18f);
                RectTransform area = PanelKit.Area(board, switches[i].Text, 0.05f, top - 0.16f, 0.95f, top);
                SceneKit.Set(choices, switches[i].Field, PanelKit.Switch(area, Size, switches[i].Text));
            }
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

        private static GameObject? LoadPrefab(string name)
        {
            foreach (string guid in AssetDatabase.FindAssets("t:Prefab \"" + name + "\""))
            {
                var found = AssetDatabase.LoadAssetAtPath<GameObject>(AssetDatabase.GUIDToAssetPath(guid));
                if (found != null && found.name == name)
                {
                    return found;
                }
            }
            return null;
        }
    }
}
