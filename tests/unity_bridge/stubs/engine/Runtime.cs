using System;
using System.Collections;
using System.Threading;

namespace UnityEngine
{
    /// <summary>Behaves: tests set the values.</summary>
    [StubOf("Unity 2022.3")]
    public class Time
    {
        public static float deltaTime { get; set; } = 1f / 60;
        public static float unscaledDeltaTime { get; set; } = 1f / 60;
        public static float time { get; set; }
        public static int frameCount { get; set; }
        public static float realtimeSinceStartup { get; set; }
        public static double realtimeSinceStartupAsDouble { get; set; }
    }

    [StubOf("Unity 2022.3")]
    public enum RuntimePlatform { OSXEditor = 0, OSXPlayer = 1, WindowsPlayer = 2, WindowsEditor = 7, IPhonePlayer = 8, Android = 11, LinuxPlayer = 13, LinuxEditor = 16, WebGLPlayer = 17 }

    /// <summary>Behaves: tests raise quitting.</summary>
    [StubOf("Unity 2022.3")]
    public class Application
    {
        public static string persistentDataPath { get; set; } = System.IO.Path.GetTempPath();
        public static string temporaryCachePath { get; set; } = System.IO.Path.GetTempPath();
        public static string dataPath { get; set; } = "Assets";
        public static string version => "1.0";
        public static string productName => "";
        public static string identifier => "";
        public static string unityVersion => "2022.3.0f1";
        public static bool isPlaying { get; set; } = true;
        public static bool isEditor => true;
        public static bool isBatchMode => false;
        public static bool isMobilePlatform => false;
        public static RuntimePlatform platform => RuntimePlatform.LinuxEditor;
        public static SystemLanguage systemLanguage => SystemLanguage.English;
        public static int targetFrameRate { get; set; }
        public static CancellationToken exitCancellationToken => default;
        public static event Action quitting;
        public static void RaiseQuitting() => quitting?.Invoke();
        public static void OpenURL(string url) { }
        public static AsyncOperation RequestUserAuthorization(UserAuthorization mode) => new AsyncOperation { isDone = true };
    }

    [StubOf("Unity 2022.3")] [Flags] public enum UserAuthorization { WebCam = 1, Microphone = 2 }
    [StubOf("Unity 2022.3")] public enum SystemLanguage { English = 10, ChineseSimplified = 40, ChineseTraditional = 41, Unknown = 42 }
    [StubOf("Unity 2022.3")] public enum LogType { Error, Assert, Warning, Log, Exception }
    [StubOf("Unity 2022.3")]
    public class Debug
    {
        public static Action<LogType, string> Sink;
        public static void Log(object message) => Sink?.Invoke(LogType.Log, message.ToString());
        public static void Log(object message, Object context) => Log(message);
        public static void LogWarning(object message) => Sink?.Invoke(LogType.Warning, message.ToString());
        public static void LogWarning(object message, Object context) => LogWarning(message);
        public static void LogError(object message) => Sink?.Invoke(LogType.Error, message.ToString());
        public static void LogError(object message, Object context) => LogError(message);
        public static void LogException(Exception exception) => Sink?.Invoke(LogType.Exception, exception.Message);
        public static void LogException(Exception exception, Object context) => LogException(exception);
    }

    [StubOf("Unity 2022.3")] public class TextAsset : Object { public string text { get; set; } = ""; public byte[] bytes => new byte[0]; }
    [StubOf("Unity 2022.3")] public sealed class Resources { public static T Load<T>(string path) where T : Object => null; public static T GetBuiltinResource<T>(string path) where T : Object => null; }
    [StubOf("Unity 2022.3")] public class AsyncOperation : YieldInstruction
    {
        private Action<AsyncOperation> _completed;
        public bool isDone { get; set; }
        public float progress { get; set; }
        /// <summary>Behaves: a handler that comes late is called at once, as Unity's documentation says.</summary>
        public event Action<AsyncOperation> completed
        {
            add
            {
                if (isDone)
                {
                    value(this);
                }
                else
                {
                    _completed += value;
                }
            }
            remove => _completed -= value;
        }
        public void Complete() { isDone = true; _completed?.Invoke(this); }
    }
    [StubOf("Unity 2022.3")] public enum TouchPhase { Began, Moved, Stationary, Ended, Canceled }
    [StubOf("Unity 2022.3")] public struct Touch { public Vector2 position { get; set; } public Vector2 deltaPosition { get; set; } public TouchPhase phase { get; set; } public int fingerId { get; set; } }
    [StubOf("Unity 2022.3")] public class Input { public static int touchCount => 0; public static Touch GetTouch(int index) => default; public static bool touchSupported => true; }
    [StubOf("Unity 2022.3")] public class Handheld { public static void Vibrate() { } }
    [StubOf("Unity 2022.3")] public enum ScreenOrientation { Portrait = 1, LandscapeLeft = 3, AutoRotation = 5 }
    [StubOf("Unity 2022.3")] public sealed class Screen { public static int width => 1080; public static int height => 1920; public static int sleepTimeout { get; set; } }
    [StubOf("Unity 2022.3")] public class SleepTimeout { public const int NeverSleep = -1; }
    [StubOf("Unity 2022.3")] public class PlayerPrefs { public static string GetString(string key, string defaultValue) => defaultValue; public static void SetString(string key, string value) { } public static float GetFloat(string key, float defaultValue) => defaultValue; public static void SetFloat(string key, float value) { } public static int GetInt(string key, int defaultValue) => defaultValue; public static void SetInt(string key, int value) { } public static void Save() { } }
    [StubOf("Unity 2022.3")] public class WaitForSeconds : YieldInstruction { public WaitForSeconds(float seconds) { } }
    [StubOf("Unity 2022.3")] public class GUIUtility { public static string systemCopyBuffer { get; set; } }
    [StubOf("Unity 2022.3")]
    public static class JsonUtility { public static string ToJson(object obj) => "{}"; public static T FromJson<T>(string json) => default; }
}

namespace UnityEngine.Events
{
    [StubOf("Unity 2022.3")] public delegate void UnityAction();
    [StubOf("Unity 2022.3")] public delegate void UnityAction<T0>(T0 arg0);
    [StubOf("Unity 2022.3")] public delegate void UnityAction<T0, T1>(T0 arg0, T1 arg1);
    [StubOf("Unity 2022.3")] public abstract class UnityEventBase { }
    [StubOf("Unity 2022.3")] [Serializable] public class UnityEvent : UnityEventBase { private UnityAction _calls; public void AddListener(UnityAction call) => _calls += call; public void RemoveListener(UnityAction call) => _calls -= call; public void Invoke() => _calls?.Invoke(); }
    [StubOf("Unity 2022.3")] [Serializable] public class UnityEvent<T0> : UnityEventBase { private UnityAction<T0> _calls; public void AddListener(UnityAction<T0> call) => _calls += call; public void RemoveListener(UnityAction<T0> call) => _calls -= call; public void Invoke(T0 arg0) => _calls?.Invoke(arg0); }
    [StubOf("Unity 2022.3")] [Serializable] public class UnityEvent<T0, T1> : UnityEventBase { private UnityAction<T0, T1> _calls; public void AddListener(UnityAction<T0, T1> call) => _calls += call; public void RemoveListener(UnityAction<T0, T1> call) => _calls -= call; public void Invoke(T0 arg0, T1 arg1) => _calls?.Invoke(arg0, arg1); }
}

namespace UnityEngine.EventSystems
{
    [StubOf("com.unity.ugui 1.0.0")] public class UIBehaviour : MonoBehaviour { }
    [StubOf("com.unity.ugui 1.0.0")] public class EventSystem : UIBehaviour { public static EventSystem current => null; public bool IsPointerOverGameObject(int pointerId) => false; }
    [StubOf("com.unity.ugui 1.0.0")] public class StandaloneInputModule : UIBehaviour { }
}

namespace UnityEngine.UI
{
    using UnityEngine.EventSystems;
    using UnityEngine.Events;
    [StubOf("com.unity.ugui 1.0.0")] public class Graphic : UIBehaviour { public Color color { get; set; } public bool raycastTarget { get; set; } private readonly RectTransform _rect = new RectTransform(); public RectTransform rectTransform => _rect; }
    [StubOf("com.unity.ugui 1.0.0")] public class Text : Graphic { public string text { get; set; } = ""; public Font font { get; set; } public int fontSize { get; set; } public TextAnchor alignment { get; set; } public bool supportRichText { get; set; } }
    [StubOf("com.unity.ugui 1.0.0")] public class Image : Graphic { public Sprite sprite { get; set; } public float fillAmount { get; set; } }
    [StubOf("com.unity.ugui 1.0.0")] public class RawImage : Graphic { public Texture texture { get; set; } }
    [StubOf("com.unity.ugui 1.0.0")] public class Selectable : UIBehaviour { public bool interactable { get; set; } public Graphic targetGraphic { get; set; } }
    [StubOf("com.unity.ugui 1.0.0")] public class Toggle : Selectable { [StubOf("com.unity.ugui 1.0.0")] public class ToggleEvent : UnityEvent<bool> { } public ToggleEvent onValueChanged { get; set; } = new ToggleEvent(); public Graphic graphic; private bool _on; public bool isOn { get => _on; set { _on = value; onValueChanged.Invoke(value); } } public void SetIsOnWithoutNotify(bool value) => _on = value; }
    [StubOf("com.unity.ugui 1.0.0")] public class AspectRatioFitter : UIBehaviour { [StubOf("com.unity.ugui 1.0.0")] public enum AspectMode { None, WidthControlsHeight, HeightControlsWidth, FitInParent, EnvelopeParent } public AspectMode aspectMode { get; set; } public float aspectRatio { get; set; } }
    [StubOf("com.unity.ugui 1.0.0")] public class Button : Selectable { [StubOf("com.unity.ugui 1.0.0")] public class ButtonClickedEvent : UnityEvent { } public ButtonClickedEvent onClick { get; set; } = new ButtonClickedEvent(); }
    [StubOf("com.unity.ugui 1.0.0")] public class InputField : Selectable { [StubOf("com.unity.ugui 1.0.0")] public class SubmitEvent : UnityEvent<string> { } public string text { get; set; } = ""; public Text textComponent { get; set; } public Graphic placeholder { get; set; } public SubmitEvent onSubmit { get; set; } = new SubmitEvent(); }
    [StubOf("com.unity.ugui 1.0.0")] public class GraphicRaycaster : UIBehaviour { }
    [StubOf("com.unity.ugui 1.0.0")] public class CanvasScaler : UIBehaviour { [StubOf("com.unity.ugui 1.0.0")] public enum ScaleMode { ConstantPixelSize, ScaleWithScreenSize, ConstantPhysicalSize } public ScaleMode uiScaleMode { get; set; } public Vector2 referenceResolution { get; set; } public float matchWidthOrHeight { get; set; } public float dynamicPixelsPerUnit { get; set; } }
}
