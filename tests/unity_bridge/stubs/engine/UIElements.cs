using System;
using System.Collections.Generic;

namespace UnityEngine.UIElements
{
    [StubOf("Unity 2022.3")] public struct StyleLength { public static implicit operator StyleLength(float v) => default; public static implicit operator StyleLength(Length v) => default; }
    [StubOf("Unity 2022.3")] public struct StyleFloat { public static implicit operator StyleFloat(float v) => default; }
    [StubOf("Unity 2022.3")] public struct StyleColor { public static implicit operator StyleColor(Color v) => default; }
    [StubOf("Unity 2022.3")] public struct StyleEnum<T> where T : struct, IConvertible { public static implicit operator StyleEnum<T>(T v) => default; }
    [StubOf("Unity 2022.3")] public struct Length { public static Length Percent(float value) => default; }
    [StubOf("Unity 2022.3")] public enum DisplayStyle { Flex, None }
    [StubOf("Unity 2022.3")] public enum FlexDirection { Column, ColumnReverse, Row, RowReverse }
    [StubOf("Unity 2022.3")] public enum WhiteSpace { Normal, NoWrap }
    [StubOf("Unity 2022.3")] public enum Align { Auto, FlexStart, Center, FlexEnd, Stretch }
    [StubOf("Unity 2022.3")]
    public interface IStyle
    {
        StyleEnum<DisplayStyle> display { get; set; }
        StyleEnum<FlexDirection> flexDirection { get; set; }
        StyleEnum<WhiteSpace> whiteSpace { get; set; }
        StyleEnum<Align> alignItems { get; set; }
        StyleFloat flexGrow { get; set; }
        StyleFloat flexShrink { get; set; }
        StyleLength marginTop { get; set; }
        StyleLength marginBottom { get; set; }
        StyleLength marginLeft { get; set; }
        StyleLength marginRight { get; set; }
        StyleLength paddingTop { get; set; }
        StyleLength paddingBottom { get; set; }
        StyleLength paddingLeft { get; set; }
        StyleLength paddingRight { get; set; }
        StyleLength height { get; set; }
        StyleLength width { get; set; }
        StyleLength maxHeight { get; set; }
        StyleLength minHeight { get; set; }
        StyleColor color { get; set; }
        StyleColor backgroundColor { get; set; }
    }
    internal sealed class AnyStyle : IStyle
    {
        public StyleEnum<DisplayStyle> display { get; set; }
        public StyleEnum<FlexDirection> flexDirection { get; set; }
        public StyleEnum<WhiteSpace> whiteSpace { get; set; }
        public StyleEnum<Align> alignItems { get; set; }
        public StyleFloat flexGrow { get; set; }
        public StyleFloat flexShrink { get; set; }
        public StyleLength marginTop { get; set; }
        public StyleLength marginBottom { get; set; }
        public StyleLength marginLeft { get; set; }
        public StyleLength marginRight { get; set; }
        public StyleLength paddingTop { get; set; }
        public StyleLength paddingBottom { get; set; }
        public StyleLength paddingLeft { get; set; }
        public StyleLength paddingRight { get; set; }
        public StyleLength height { get; set; }
        public StyleLength width { get; set; }
        public StyleLength maxHeight { get; set; }
        public StyleLength minHeight { get; set; }
        public StyleColor color { get; set; }
        public StyleColor backgroundColor { get; set; }
    }
    [StubOf("Unity 2022.3")] public abstract class EventBase { public void StopPropagation() { } }
    [StubOf("Unity 2022.3")] public abstract class EventBase<T> : EventBase where T : EventBase<T>, new() { }
    [StubOf("Unity 2022.3")] public delegate void EventCallback<in TEventType>(TEventType evt);
    [StubOf("Unity 2022.3")] public abstract class CallbackEventHandler { public void RegisterCallback<TEventType>(EventCallback<TEventType> callback) where TEventType : EventBase<TEventType>, new() { } }
    [StubOf("Unity 2022.3")] public class ChangeEvent<T> : EventBase<ChangeEvent<T>> { public T previousValue { get; set; } public T newValue { get; set; } }
    [StubOf("Unity 2022.3")] public class DragUpdatedEvent : EventBase<DragUpdatedEvent> { }
    [StubOf("Unity 2022.3")] public class DragPerformEvent : EventBase<DragPerformEvent> { }
    [StubOf("Unity 2022.3")] public class StyleSheet : ScriptableObject { }
    [StubOf("Unity 2022.3")] public struct VisualElementStyleSheetSet { public void Add(StyleSheet styleSheet) { } }
    [StubOf("Unity 2022.3")] public interface IVisualElementScheduledItem { void Pause(); IVisualElementScheduledItem Every(long intervalMs); }
    [StubOf("Unity 2022.3")] public interface IVisualElementScheduler { IVisualElementScheduledItem Execute(Action updateEvent); }
    [StubOf("Unity 2022.3")]
    public class VisualElement : CallbackEventHandler
    {
        public string name { get; set; }
        public string tooltip { get; set; }
        public bool enabledSelf => true;
        public object userData { get; set; }
        public IStyle style { get; } = new AnyStyle();
        public VisualElementStyleSheetSet styleSheets => default;
        public IVisualElementScheduler schedule => null;
        public int childCount => 0;
        public void Add(VisualElement child) { }
        public void Clear() { }
        public void RemoveFromHierarchy() { }
        public void SetEnabled(bool value) { }
        public void AddToClassList(string className) { }
        public void EnableInClassList(string className, bool enable) { }
    }
    [StubOf("Unity 2022.3")] public abstract class BindableElement : VisualElement { }
    [StubOf("Unity 2022.3")] public class TextElement : BindableElement { public string text { get; set; } }
    [StubOf("Unity 2022.3")] public class Label : TextElement { public Label() { } public Label(string text) { this.text = text; } }
    [StubOf("Unity 2022.3")] public class Button : TextElement { public Button() { } public Button(Action clickEvent) { } public event Action clicked { add { } remove { } } }
    [StubOf("Unity 2022.3")] public class Image : VisualElement { public Texture image { get; set; } public ScaleMode scaleMode { get; set; } }
    [StubOf("Unity 2022.3")] public class ScrollView : VisualElement { }
    [StubOf("Unity 2022.3")] public class Foldout : BindableElement { public string text { get; set; } public bool value { get; set; } }
    [StubOf("Unity 2022.3")] public class ProgressBar : BindableElement { public string title { get; set; } public float value { get; set; } public float lowValue { get; set; } public float highValue { get; set; } }
    [StubOf("Unity 2022.3")] public enum HelpBoxMessageType { None, Info, Warning, Error }
    [StubOf("Unity 2022.3")] public class HelpBox : VisualElement { public HelpBox() { } public HelpBox(string text, HelpBoxMessageType messageType) { } public string text { get; set; } public HelpBoxMessageType messageType { get; set; } }
    [StubOf("Unity 2022.3")] public interface INotifyValueChanged<T> { T value { get; set; } void SetValueWithoutNotify(T newValue); }
    [StubOf("Unity 2022.3")] public abstract class BaseField<T> : BindableElement, INotifyValueChanged<T> { public string label { get; set; } public virtual T value { get; set; } public void SetValueWithoutNotify(T newValue) { value = newValue; } }
    [StubOf("Unity 2022.3")] public class TextField : BaseField<string> { public TextField(string label) { } public bool isPasswordField { get; set; } public bool multiline { get; set; } public bool isDelayed { get; set; } }
    [StubOf("Unity 2022.3")] public class Toggle : BaseField<bool> { public Toggle(string label) { } }
    [StubOf("Unity 2022.3")] public class FloatField : BaseField<float> { public FloatField(string label) { } }
    [StubOf("Unity 2022.3")] public class IntegerField : BaseField<int> { public IntegerField(string label) { } }
    [StubOf("Unity 2022.3")] public class DropdownField : BaseField<string> { public DropdownField(string label, List<string> choices, int defaultIndex) { } public int index { get; set; } public List<string> choices { get; set; } }
    [StubOf("Unity 2022.3")] public static class INotifyValueChangedExtensions { public static bool RegisterValueChangedCallback<T>(this INotifyValueChanged<T> control, EventCallback<ChangeEvent<T>> callback) => true; }
}

namespace UnityEngine
{
    [StubOf("Unity 2022.3")] public enum ScaleMode { StretchToFill, ScaleAndCrop, ScaleToFit }
}
