#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using UnityEditor;
using UnityEngine;
using UnityEngine.UIElements;

namespace Showfloor.Editor
{
    /// <summary>Photos to prefab: connect, drop photos or a video, choose size and profile, watch, cancel, use. What it was
    /// given survives a domain reload; a conversion that one interrupts goes on where it stopped when it is begun again.</summary>
    public sealed class ShowfloorWindow : EditorWindow
    {
        private static readonly List<string> Profiles =
            new List<string> { "quest3", "quest2", "mobile-ar", "web", "desktop", "source" };

        [SerializeField, Tooltip("What was dropped.")]
        private List<string> _paths = new List<string>();

        [SerializeField, Tooltip("Whether a conversion runs; still true after a domain reload that has ended it here.")]
        private bool _converting;

        private ConversionForm? _form;
        private Label? _source;
        private HelpBox? _outcome;
        private ProgressBar? _bar;
        private UnityEngine.UIElements.Image? _preview;
        private Button? _convert;
        private Button? _cancel;
        private Button? _show;
        private Texture2D? _picture;
        private CancellationTokenSource? _work;
        private string _prefab = "";

        /// <summary>Opens the window.</summary>
        public static void Open()
        {
            ShowfloorWindow window = GetWindow<ShowfloorWindow>("Showfloor");
            window.minSize = new Vector2(340, 480);
            window.Show();
        }

        private void CreateGUI()
        {
            VisualElement root = rootVisualElement;
            root.style.paddingLeft = root.style.paddingRight = 8;
            root.style.paddingTop = 8;
            var page = new ScrollView();
            page.style.flexGrow = 1;
            root.Add(page);
            page.Add(ConnectionRow());
            page.Add(DropArea());
            _form = new ConversionForm(Profiles);
            page.Add(_form.Build());
            _convert = new Button(() => Convert()) { text = "Convert and import" };
            _cancel = new Button(() => _work?.Cancel()) { text = "Cancel" };
            _show = new Button(ShowPrefab) { text = "Show the prefab" };
            page.Add(_convert);
            page.Add(_cancel);
            _bar = new ProgressBar { lowValue = 0, highValue = 1 };
            page.Add(_bar);
            _preview = new UnityEngine.UIElements.Image { scaleMode = ScaleMode.ScaleToFit };
            _preview.style.maxHeight = 240;
            page.Add(_preview);
            _outcome = new HelpBox("", HelpBoxMessageType.None);
            page.Add(_outcome);
            page.Add(_show);
            Tell(HelpBoxMessageType.None, "");
            bool interrupted = _converting && _work is null;
            Idle();
            Describe();
            if (_work != null)
            {
                Busy();
            }
            else if (interrupted)
            {
                _converting = false;
                Tell(
                    HelpBoxMessageType.Info,
                    "Reloading the scripts has ended the conversion here; the server goes on with it. Convert again to take it up where it is.");
            }
        }

        private VisualElement ConnectionRow()
        {
            var row = new VisualElement();
            row.style.flexDirection = FlexDirection.Row;
            var status = new Label("Not connected");
            status.style.flexGrow = 1;
            status.style.whiteSpace = WhiteSpace.Normal;
            row.Add(status);
            row.Add(new Button(() => Connect(status)) { text = "Connect" });
            row.Add(new Button(() => StartServer(status)) { text = "Start local server" });
            row.Add(new Button(() => SettingsService.OpenProjectSettings(ShowfloorSettingsProvider.Path)) { text = "Settings" });
            return row;
        }

        private VisualElement DropArea()
        {
            var area = new VisualElement();
            area.style.minHeight = 72;
            area.style.marginTop = 8;
            area.style.marginBottom = 8;
            area.style.paddingTop = area.style.paddingLeft = 10;
            area.style.backgroundColor = new Color(0.5f, 0.5f, 0.5f, 0.15f);
            _source = new Label();
            _source.style.whiteSpace = WhiteSpace.Normal;
            area.Add(_source);
            var row = new VisualElement();
            row.style.flexDirection = FlexDirection.Row;
            row.Add(new Button(() => Choose(EditorUtility.OpenFolderPanel("Photos of one product", "", ""))) { text = "Photos…" });
            row.Add(new Button(() => Choose(EditorUtility.OpenFilePanel("Video of one product", "", "mp4,mov,m4v,avi,mkv,webm"))) { text = "Video…" });
            area.Add(row);
            area.RegisterCallback<DragUpdatedEvent>(_ =>
                DragAndDrop.visualMode = DragAndDrop.paths.Length > 0 ? DragAndDropVisualMode.Copy : DragAndDropVisualMode.Rejected);
            area.RegisterCallback<DragPerformEvent>(_ =>
            {
                DragAndDrop.AcceptDrag();
                _paths = new List<string>(DragAndDrop.paths);
                Describe();
            });
            return area;
        }

        private void Choose(string path)
        {
            if (path.Length > 0)
            {
                _paths = new List<string> { path };
                Describe();
            }
        }

        private void Describe()
        {
            if (_paths.Count == 0)
            {
                _source!.text = "Drop photos of one product here: 30 to 60 all around, a folder of them, or a video.";
                _convert!.SetEnabled(false);
                return;
            }
            try
            {
                CaptureSource source = CaptureSource.FromPaths(_paths);
                _source!.text = source.Name + ": " + source.Summary;
                _convert!.SetEnabled(_work is null);
                Tell(HelpBoxMessageType.None, "");
            }
            catch (ShowfloorException error)
            {
                _source!.text = "This cannot be converted.";
                _convert!.SetEnabled(false);
                Tell(HelpBoxMessageType.Error, FailureText.Of(error));
            }
        }

        private async void Connect(Label status)
        {
            status.text = "Connecting…";
            try
            {
                status.text = await EditorConnection.CheckAsync();
                Tell(HelpBoxMessageType.None, "");
            }
            catch (ShowfloorException error)
            {
                status.text = "Not connected";
                Tell(HelpBoxMessageType.Error, FailureText.Of(error));
            }
        }

        private async void StartServer(Label status)
        {
            status.text = "Starting…";
            try
            {
                status.text = await LocalServer.StartAsync();
            }
            catch (ShowfloorException error)
            {
                status.text = "Not connected";
                Tell(HelpBoxMessageType.Error, FailureText.Of(error));
            }
        }

        private async void Convert()
        {
            if (_work != null)
            {
                return;
            }
            var work = new CancellationTokenSource();
            _work = work;
            _converting = true;
            _prefab = "";
            Tell(HelpBoxMessageType.None, "");
            Busy();
            try
            {
                CaptureSource source = CaptureSource.FromPaths(_paths);
                var progress = new Progress<ConversionProgress>(now => Report(work, now));
                ConversionResult result = await Conversion.RunAsync(source, _form!.Options(), progress, work.Token);
                _prefab = result.PrefabPath;
                bool good = result.Asset.Verdict == "pass" || result.Asset.Verdict.Length == 0;
                string reasons = string.Join("\n", result.Asset.Reasons);
                string size = result.Asset.SizeKnown ? "" : "\nIts size is not known: the prefab has the right proportions only.";
                Tell(
                    good ? HelpBoxMessageType.Info : HelpBoxMessageType.Warning,
                    result.PrefabPath + " is made." + (reasons.Length > 0 ? "\n" + reasons : "") + size);
                ShowPrefab();
            }
            catch (Exception error)
            {
                bool cancelled = error is OperationCanceledException || (error is ShowfloorException known && known.Code == "JOB_CANCELLED");
                Tell(cancelled ? HelpBoxMessageType.Info : HelpBoxMessageType.Error, cancelled ? "Cancelled." : FailureText.Of(error));
                if (!cancelled && !(error is ShowfloorException))
                {
                    Debug.LogException(error);
                }
            }
            finally
            {
                _work = null;
                _converting = false;
                work.Dispose();
                if (this != null)
                {
                    Idle();
                }
            }
        }

        private void Report(CancellationTokenSource work, ConversionProgress now)
        {
            if (!ReferenceEquals(_work, work) || this == null)
            {
                return;
            }
            _bar!.value = (float)now.Overall;
            _bar.title = now.Step + ": " + now.Message;
            if (now.Preview != null)
            {
                if (_picture == null)
                {
                    _picture = new Texture2D(2, 2) { hideFlags = HideFlags.HideAndDontSave };
                }
                if (_picture.LoadImage(now.Preview))
                {
                    _preview!.image = _picture;
                    _preview.style.display = DisplayStyle.Flex;
                }
            }
        }

        private void ShowPrefab()
        {
            var prefab = AssetDatabase.LoadAssetAtPath<GameObject>(_prefab);
            if (prefab != null)
            {
                Selection.activeObject = prefab;
                EditorGUIUtility.PingObject(prefab);
            }
        }

        private void Busy()
        {
            _convert!.SetEnabled(false);
            _cancel!.SetEnabled(true);
            _bar!.style.display = DisplayStyle.Flex;
            _bar.value = 0;
            _bar.title = "Reading the files";
            _show!.style.display = DisplayStyle.None;
        }

        private void Idle()
        {
            _convert!.SetEnabled(_paths.Count > 0);
            _cancel!.SetEnabled(false);
            _bar!.style.display = DisplayStyle.None;
            _preview!.style.display = DisplayStyle.None;
            _show!.style.display = _prefab.Length > 0 ? DisplayStyle.Flex : DisplayStyle.None;
        }

        private void Tell(HelpBoxMessageType type, string text)
        {
            if (_outcome is null)
            {
                return;
            }
            _outcome.messageType = type;
            _outcome.text = text;
            _outcome.style.display = text.Length > 0 ? DisplayStyle.Flex : DisplayStyle.None;
        }

        private void OnDestroy()
        {
            _work?.Cancel();
            if (_picture != null)
            {
                DestroyImmediate(_picture);
            }
        }
    }
}
