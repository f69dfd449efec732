#nullable enable
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using UnityEditor.Events;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.UI;

namespace Showfloor.Project.Editor
{
    /// <summary>Texts, buttons and panels. Places are shares of the parent: left, bottom, right, top.</summary>
    internal static class PanelKit
    {
        /// <summary>Whether what shoppers read is Chinese: the language of the settings, else of this machine.</summary>
        public static bool Chinese =>
            Showfloor.Editor.SettingsAsset.FindOrCreate().Language.StartsWith("zh", System.StringComparison.OrdinalIgnoreCase);

        /// <summary>A text for shoppers, in the language that the scenes are built for.</summary>
        public static string In(string english, string chinese) => Chinese ? chinese : english;

        /// <summary>A part of a panel.</summary>
        public static RectTransform Area(Transform parent, string name, float left, float bottom, float right, float top)
        {
            var holder = new GameObject(name, typeof(RectTransform));
            var area = (RectTransform)holder.transform;
            area.SetParent(parent, false);
            area.anchorMin = new Vector2(left, bottom);
            area.anchorMax = new Vector2(right, top);
            area.offsetMin = Vector2.zero;
            area.offsetMax = Vector2.zero;
            return area;
        }

        /// <summary>A line or block of text.</summary>
        public static Text Words(RectTransform area, int size, string text = "", TextAnchor alignment = TextAnchor.UpperLeft)
        {
            Text words = area.gameObject.AddComponent<Text>();
            words.font = Resources.GetBuiltinResource<Font>("LegacyRuntime.ttf");
            words.fontSize = size;
            words.alignment = alignment;
            words.color = Color.white;
            words.text = text;
            words.raycastTarget = false;
            return words;
        }

        /// <summary>A button that calls a method.</summary>
        public static Button Press(RectTransform area, int size, string text, UnityAction pressed)
        {
            Button button = Bare(area, size, text);
            UnityEventTools.AddPersistentListener(button.onClick, pressed);
            return button;
        }

        /// <summary>A button that calls a method with a text.</summary>
        public static Button Press(RectTransform area, int size, string text, UnityAction<string> pressed, string argument)
        {
            Button button = Bare(area, size, text);
            UnityEventTools.AddStringPersistentListener(button.onClick, pressed, argument);
            return button;
        }

        /// <summary>A switch with its name beside it.</summary>
        public static Toggle Switch(RectTransform area, int size, string text)
        {
            Image box = Area(area, "Box", 0f, 0.15f, 0.12f, 0.85f).gameObject.AddComponent<Image>();
            box.color = new Color(0.3f, 0.32f, 0.36f);
            Image mark = Area(box.transform, "Mark", 0.2f, 0.2f, 0.8f, 0.8f).gameObject.AddComponent<Image>();
            mark.color = new Color(0.4f, 0.8f, 1f);
            Words(Area(area, "Name", 0.16f, 0f, 1f, 1f), size, text, TextAnchor.MiddleLeft);
            Toggle toggle = area.gameObject.AddComponent<Toggle>();
            toggle.targetGraphic = box;
            toggle.graphic = mark;
            return toggle;
        }

        /// <summary>A field to type in.</summary>
        public static InputField Field(RectTransform area, int size, string hint)
        {
            Image back = area.gameObject.AddComponent<Image>();
            back.color = new Color(0.2f, 0.22f, 0.26f);
            InputField field = area.gameObject.AddComponent<InputField>();
            Text shown = Words(Area(area, "Hint", 0.03f, 0f, 0.97f, 1f), size, hint, TextAnchor.MiddleLeft);
            shown.color = new Color(0.7f, 0.7f, 0.7f);
            field.targetGraphic = back;
            field.placeholder = shown;
            field.textComponent = Words(Area(area, "Typed", 0.03f, 0f, 0.97f, 1f), size, "", TextAnchor.MiddleLeft);
            field.textComponent.supportRichText = false;
            return field;
        }

        /// <summary>A panel in the room that shows a product.</summary>
        public static ProductPanel NewProductPanel(ShowfloorClient client, Vector3 at) =>
            FillProductPanel((RectTransform)SceneKit.NewBoard("Product panel", new Vector2(600, 600), at).transform, client, 30);

        /// <summary>Fills a panel with the facts of a product, and buttons.</summary>
        public static ProductPanel FillProductPanel(RectTransform area, ShowfloorClient client, int size)
        {
            ProductPanel panel = area.gameObject.AddComponent<ProductPanel>();
            SceneKit.Set(panel, "_client", client);
            SceneKit.Set(panel, "_title", Words(Area(area, "Title", 0.05f, 0.86f, 0.95f, 0.97f), size + 14));
            SceneKit.Set(panel, "_price", Words(Area(area, "Price", 0.05f, 0.76f, 0.95f, 0.86f), size + 4));
            SceneKit.Set(panel, "_facts", Words(Area(area, "Facts", 0.05f, 0.46f, 0.95f, 0.76f), size));
            SceneKit.Set(panel, "_description", Words(Area(area, "Description", 0.05f, 0.14f, 0.95f, 0.46f), size));
            CartButton cart = area.gameObject.AddComponent<CartButton>();
            SceneKit.Set(cart, "_client", client);
            SceneKit.Set(cart, "_panel", panel);
            Press(Area(area, "Cart", 0.05f, 0.02f, 0.48f, 0.12f), size, In("Add to cart", "加入购物车"), cart.Add);
            Press(Area(area, "Close", 0.52f, 0.02f, 0.95f, 0.12f), size, In("Close", "关闭"), panel.Hide);
            return panel;
        }

        /// <summary>A panel in the room that talks with the assistant.</summary>
        public static DialoguePanel NewDialoguePanel(DialogueClient dialogue, ProductPanel? card, Vector3 at) =>
            FillDialoguePanel((RectTransform)SceneKit.NewBoard("Dialogue panel", new Vector2(700, 600), at).transform, dialogue, card, 30);

        /// <summary>Fills a panel with the assistant: reply, field, and questions that need no keyboard.</summary>
        public static DialoguePanel FillDialoguePanel(RectTransform area, DialogueClient dialogue, ProductPanel? card, int size)
        {
            DialoguePanel panel = area.gameObject.AddComponent<DialoguePanel>();
            SceneKit.Set(panel, "_dialogue", dialogue);
            SceneKit.Set(panel, "_card", card);
            SceneKit.Set(panel, "_reply", Words(Area(area, "Reply", 0.05f, 0.46f, 0.95f, 0.97f), size));
            string[] questions = 
            {
                In("What do you recommend?", "你推荐什么？"),
                In("Show me this one in another colour.", "换个颜色看看这一件。"),
                In("How large is it?", "它有多大？"),
            };
            for (int i = 0; i < questions.Length; i++)
            {
                float top = 0.44f - (i * 0.1f);
                Press(Area(area, "Question " + (i + 1), 0.05f, top - 0.09f, 0.95f, top), size - 2, questions[i], panel.Say, questions[i]);
            }
            SceneKit.Set(panel, "_input", Field(Area(area, "Input", 0.05f, 0.02f, 0.74f, 0.13f), size, In("Ask about a product", "咨询商品")));
            Press(Area(area, "Send", 0.76f, 0.02f, 0.95f, 0.13f), size, In("Send", "发送"), panel.Send);
            return panel;
        }

        private static Button Bare(RectTransform area, int size, string text)
        {
            Image back = area.gameObject.AddComponent<Image>();
            back.color = new Color(0.2f, 0.36f, 0.6f);
            Button button = area.gameObject.AddComponent<Button>();
            button.targetGraphic = back;
            Words(Area(area, "Text", 0.02f, 0f, 0.98f, 1f), size, text, TextAnchor.MiddleCenter);
            return button;
        }
    }
}
