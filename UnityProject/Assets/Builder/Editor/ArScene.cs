#nullable enable
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using UnityEngine;
using UnityEngine.UI;
#if SHOWFLOOR_VUFORIA
using Showfloor.AR;
using Vuforia;
#endif

namespace Showfloor.Project.Editor
{
    /// <summary>Products beside their packaging, a card, try-on and the assistant. Without Vuforia the scene says how to add
    /// it.</summary>
    internal static class ArScene
    {
        private const int Size = 38;

        public static void Build(string path)
        {
            UnityEngine.SceneManagement.Scene scene = SceneKit.New();
            Camera camera = SceneKit.NewCamera(null);
            (ShowfloorClient client, DialogueClient dialogue) = SceneKit.NewClient();
            SceneKit.NewEvents(false);
            Transform screen = SceneKit.NewScreen("Screen").transform;
            Text hint = PanelKit.Words(PanelKit.Area(screen, "Hint", 0.05f, 0.86f, 0.95f, 0.96f), Size + 6);
            RectTransform bar = PanelKit.Area(screen, "Bar", 0f, 0f, 1f, 0.16f);
            SceneKit.Back(bar);
            TryOnApp app = new GameObject("AR try-on").AddComponent<TryOnApp>();
            PanelKit.Press(PanelKit.Area(bar, "Previous", 0.03f, 0.55f, 0.17f, 0.92f), Size, "◀", app.Previous);
            PanelKit.Press(PanelKit.Area(bar, "Next", 0.83f, 0.55f, 0.97f, 0.92f), Size, "▶", app.Next);
            Text title = PanelKit.Words(PanelKit.Area(bar, "Title", 0.19f, 0.55f, 0.81f, 0.92f), Size, "", TextAnchor.MiddleCenter);

            ProductPanel card = PanelKit.FillProductPanel(Sheet(screen, "Card", 0.2f, 0.8f), client, Size - 4);
            DialoguePanel talk = PanelKit.FillDialoguePanel(Sheet(screen, "Assistant", 0.2f, 0.8f), dialogue, card, Size - 4);
            TryOnPanel tryOn = NewTryOn(screen, client, camera);
            PanelKit.Press(PanelKit.Area(bar, "Facts", 0.03f, 0.08f, 0.27f, 0.45f), Size, PanelKit.In("Facts", "详情"), app.OpenCard);
            PanelKit.Press(PanelKit.Area(bar, "Try on", 0.29f, 0.08f, 0.53f, 0.45f), Size, PanelKit.In("Try on", "试穿试戴"), app.OpenTryOn);
            Opener opener = talk.gameObject.AddComponent<Opener>();
            PanelKit.Press(PanelKit.Area(bar, "Ask", 0.55f, 0.08f, 0.73f, 0.45f), Size, PanelKit.In("Ask", "咨询"), opener.Toggle);
            talk.gameObject.SetActive(false);

            ShopperSettings choices = new GameObject("Shopper settings").AddComponent<ShopperSettings>();
            SceneKit.Set(choices, "_client", client);
            SceneKit.Set(choices, "_consent", PanelKit.Switch(PanelKit.Area(bar, "Consent", 0.75f, 0.08f, 0.98f, 0.45f), Size - 14, PanelKit.In("The shop may learn from what I do", "允许商店了解我的操作")));
            SceneKit.Set(app, "_client", client);
            SceneKit.Set(app, "_hint", hint);
            SceneKit.Set(app, "_title", title);
            SceneKit.Set(app, "_card", card);
            SceneKit.Set(app, "_tryOn", tryOn);
            SceneKit.Set(app, "_dialogue", dialogue);
#if SHOWFLOOR_VUFORIA
            camera.gameObject.AddComponent<VuforiaBehaviour>();
            PackagingTarget target = new GameObject("Packaging").AddComponent<PackagingTarget>();
            TargetedProduct product = new GameObject("Product").AddComponent<TargetedProduct>();
            SceneKit.Set(product, "_client", client);
            SceneKit.Set(product, "_target", target);
            TouchPlacement touch = product.gameObject.AddComponent<TouchPlacement>();
            SceneKit.Set(touch, "_product", product);
            SceneKit.Set(touch, "_camera", camera);
            ArActions actions = product.gameObject.AddComponent<ArActions>();
            SceneKit.Set(actions, "_dialogue", dialogue);
            SceneKit.Set(actions, "_product", product);
            SceneKit.Set(actions, "_touch", touch);
            SceneKit.Set(app, "_target", target);
            SceneKit.Set(app, "_product", product);
            SceneKit.Set(app, "_actions", actions);
#else
            camera.clearFlags = CameraClearFlags.SolidColor;
#endif
            SceneKit.Save(scene, path);
        }

        private static RectTransform Sheet(Transform screen, string name, float bottom, float top)
        {
            RectTransform sheet = PanelKit.Area(screen, name, 0.04f, bottom, 0.96f, top);
            SceneKit.Back(sheet);
            return sheet;
        }

        /// <summary>The picture lies on a canvas of its own (one below another takes over its mode), behind what
        /// <see cref="FaceTryOn"/> puts before the camera; the buttons lie before it.</summary>
        private static TryOnPanel NewTryOn(Transform screen, ShowfloorClient client, Camera camera)
        {
            RectTransform sheet = PanelKit.Area(screen, "Try-on", 0f, 0f, 1f, 1f);
            TryOnPanel panel = sheet.gameObject.AddComponent<TryOnPanel>();
            Canvas behind = SceneKit.NewScreen("Try-on picture");
            behind.renderMode = RenderMode.ScreenSpaceCamera;
            behind.worldCamera = camera;
            behind.planeDistance = 10f;
            RawImage picture = PanelKit.Area(behind.transform, "Picture", 0f, 0f, 1f, 1f).gameObject.AddComponent<RawImage>();
            picture.raycastTarget = false;
            AspectRatioFitter fitter = picture.gameObject.AddComponent<AspectRatioFitter>();
            fitter.aspectMode = AspectRatioFitter.AspectMode.FitInParent;
            FaceTryOn face = new GameObject("Face").AddComponent<FaceTryOn>();
            SceneKit.Set(face, "_client", client);
            SceneKit.Set(face, "_camera", camera);

            RectTransform top = PanelKit.Area(sheet, "Message", 0f, 0.86f, 1f, 1f);
            SceneKit.Back(top);
            RectTransform low = PanelKit.Area(sheet, "Buttons", 0f, 0f, 1f, 0.16f);
            SceneKit.Back(low);
            PanelKit.Press(PanelKit.Area(low, "Photo", 0.03f, 0.52f, 0.33f, 0.94f), Size, PanelKit.In("Take photo", "拍照"), panel.Shoot);
            PanelKit.Press(PanelKit.Area(low, "Again", 0.35f, 0.52f, 0.65f, 0.94f), Size, PanelKit.In("Again", "重拍"), panel.Again);
            PanelKit.Press(PanelKit.Area(low, "Close", 0.67f, 0.52f, 0.97f, 0.94f), Size, PanelKit.In("Close", "关闭"), panel.Close);
            SceneKit.Set(panel, "_height", PanelKit.Field(PanelKit.Area(low, "Height", 0.03f, 0.06f, 0.48f, 0.44f), Size, PanelKit.In("Your height, cm", "身高（厘米）")));
            PanelKit.Press(PanelKit.Area(low, "Measure", 0.52f, 0.06f, 0.97f, 0.44f), Size, PanelKit.In("Measure me", "测量身材"), panel.Measure);
            SceneKit.Set(panel, "_client", client);
            SceneKit.Set(panel, "_face", face);
            SceneKit.Set(panel, "_picture", picture);
            SceneKit.Set(panel, "_message", PanelKit.Words(PanelKit.Area(top, "Text", 0.05f, 0.05f, 0.95f, 0.8f), Size));
            return panel;
        }
    }
}
