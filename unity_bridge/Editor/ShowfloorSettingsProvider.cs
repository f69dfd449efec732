#nullable enable
using System.Collections.Generic;
using Showfloor.Unity;
using UnityEditor;
using UnityEditor.UIElements;
using UnityEngine.UIElements;

namespace Showfloor.Editor
{
    /// <summary>Project Settings > Showfloor.</summary>
    internal static class ShowfloorSettingsProvider
    {
        public const string Path = "Project/Showfloor";

        [SettingsProvider]
        private static SettingsProvider Create() => new SettingsProvider(Path, SettingsScope.Project)
        {
            label = "Showfloor",
            keywords = new HashSet<string> { "Showfloor", "glTF", "server", "AR", "VR", "cache" },
            activateHandler = (search, root) => Fill(root),
        };

        private static void Fill(VisualElement root)
        {
            root.style.paddingLeft = 10;
            root.style.paddingTop = 6;
            ShowfloorSettings settings = SettingsAsset.FindOrCreate();
            var inspector = new InspectorElement(new SerializedObject(settings));
            root.Add(inspector);

            root.Add(Heading("This machine only"));
            var key = new TextField("API key") { isPasswordField = true, isDelayed = true, value = EditorConnection.ApiKey };
            key.tooltip = "Kept in this machine's editor preferences, never in the project. Make one with: showfloor keys create.";
            key.RegisterValueChangedCallback(change => EditorConnection.ApiKey = change.newValue);
            root.Add(key);
            var command = new TextField("Server command") { isDelayed = true, value = LocalServer.Command };
            command.tooltip = "The command that starts a local server: showfloor, or its full path.";
            command.RegisterValueChangedCallback(change => LocalServer.Command = change.newValue);
            root.Add(command);
            var port = new IntegerField("Local web port") { value = LocalServer.WebPort };
            port.RegisterValueChangedCallback(change =>
            {
                if (change.newValue > 0 && change.newValue <= ushort.MaxValue)
                {
                    LocalServer.WebPort = change.newValue;
                }
            });
            root.Add(port);

            var outcome = new HelpBox("", HelpBoxMessageType.None);
            outcome.style.display = DisplayStyle.None;
            root.Add(new Button(() => Check(outcome)) { text = "Check the connection" });
            root.Add(outcome);
        }

        private static Label Heading(string text)
        {
            var heading = new Label(text);
            heading.style.marginTop = 12;
            heading.style.marginBottom = 4;
            return heading;
        }

        private static async void Check(HelpBox outcome)
        {
            outcome.style.display = DisplayStyle.Flex;
            outcome.messageType = HelpBoxMessageType.Info;
            outcome.text = "Asking…";
            try
            {
                outcome.text = await EditorConnection.CheckAsync();
            }
            catch (ShowfloorException error)
            {
                outcome.messageType = HelpBoxMessageType.Error;
                outcome.text = FailureText.Of(error);
            }
        }
    }
}
