using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using UnityEngine.SceneManagement;

namespace UnityEngine
{
    [StubOf("Unity 2022.3")] [Flags] public enum HideFlags { None = 0, HideInHierarchy = 1, DontSave = 52, HideAndDontSave = 61 }

    /// <summary>Behaves: a destroyed object equals null.</summary>
    [StubOf("Unity 2022.3")]
    public class Object
    {
        private bool _destroyed;
        public string name { get; set; } = "";
        public HideFlags hideFlags { get; set; }
        public int GetInstanceID() => GetHashCode();
        public static void Destroy(Object obj) => DestroyImmediate(obj);
        public static void Destroy(Object obj, float t) => DestroyImmediate(obj);
        public static void DestroyImmediate(Object obj)
        {
            if (obj == null)
            {
                return;
            }
            if (obj is GameObject gameObject)
            {
                foreach (Transform child in gameObject.transform.Children.ToArray())
                {
                    DestroyImmediate(child.gameObject);
                }
                gameObject.transform.SetParent(null);
                foreach (Component component in gameObject.Components.ToArray())
                {
                    DestroyOne(component);
                }
            }
            DestroyOne(obj);
        }
        public static void DestroyImmediate(Object obj, bool allowDestroyingAssets) => DestroyImmediate(obj);
        private static void DestroyOne(Object obj)
        {
            if (!obj._destroyed)
            {
                obj._destroyed = true;
                obj.GetType().GetMethod("OnDestroy", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public, null, Type.EmptyTypes, null)?.Invoke(obj, null);
                (obj as Component)?.gameObject.Components.Remove((Component)obj);
            }
        }
        public static void DontDestroyOnLoad(Object target) { }
        public static T Instantiate<T>(T original) where T : Object => original;
        public static T Instantiate<T>(T original, Transform parent) where T : Object => original;
        public static T Instantiate<T>(T original, Transform parent, bool worldPositionStays) where T : Object => original;
        public static T FindObjectOfType<T>() where T : Object => null;
        public static T[] FindObjectsOfType<T>() where T : Object => new T[0];
        public static bool operator ==(Object x, Object y) => (x is null || x._destroyed) ? (y is null || y._destroyed) : ReferenceEquals(x, y);
        public static bool operator !=(Object x, Object y) => !(x == y);
        public static implicit operator bool(Object exists) => exists != null;
        public override bool Equals(object other) => ReferenceEquals(this, other);
        public override int GetHashCode() => base.GetHashCode();
        public override string ToString() => name;
    }

    [StubOf("Unity 2022.3")]
    public class ScriptableObject : Object
    {
        public static T CreateInstance<T>() where T : ScriptableObject => Activator.CreateInstance<T>();
    }

    [StubOf("Unity 2022.3")]
    public class Component : Object
    {
        internal GameObject Owner;
        public GameObject gameObject => Owner;
        public Transform transform => Owner.transform;
        public T GetComponent<T>() => Owner.GetComponent<T>();
        public T GetComponentInChildren<T>() => Owner.GetComponentInChildren<T>();
        public T GetComponentInParent<T>() => Owner.GetComponentInParent<T>();
        public T[] GetComponentsInChildren<T>() => Owner.GetComponentsInChildren<T>(false);
        public T[] GetComponentsInChildren<T>(bool includeInactive) => Owner.GetComponentsInChildren<T>(includeInactive);
        public bool TryGetComponent<T>(out T component) => Owner.TryGetComponent(out component);
        public bool CompareTag(string tag) => false;
    }

    [StubOf("Unity 2022.3")]
    public class Behaviour : Component
    {
        public bool enabled { get; set; } = true;
        public bool isActiveAndEnabled => enabled;
    }

    [StubOf("Unity 2022.3")] public class Coroutine { }
    [StubOf("Unity 2022.3")] public class YieldInstruction { }

    [StubOf("Unity 2022.3")]
    public class MonoBehaviour : Behaviour
    {
        public Coroutine StartCoroutine(IEnumerator routine) => null;
        public void StopAllCoroutines() { }
        public void Invoke(string methodName, float time) { }
    }

    [StubOf("Unity 2022.3")] public enum PrimitiveType { Sphere, Capsule, Cylinder, Cube, Plane, Quad }

    /// <summary>Behaves: components, children and activity.</summary>
    [StubOf("Unity 2022.3")]
    public sealed class GameObject : Object
    {
        internal readonly List<Component> Components = new List<Component>();
        public GameObject() : this("New Game Object") { }
        public GameObject(string name) { this.name = name; transform = new Transform { Owner = this }; Components.Add(transform); }
        public GameObject(string name, params Type[] components) : this(name) { foreach (Type type in components) { AddComponent(type); } }
        public Transform transform { get; }
        public bool activeSelf { get; private set; } = true;
        public bool activeInHierarchy => activeSelf && (transform.parent == null || transform.parent.gameObject.activeInHierarchy);
        public int layer { get; set; }
        public string tag { get; set; } = "Untagged";
        public bool isStatic { get; set; }
        public Scene scene => default;
        public void SetActive(bool value) => activeSelf = value;
        public Component AddComponent(Type type)
        {
            var component = (Component)Activator.CreateInstance(type);
            component.Owner = this;
            component.name = name;
            Components.Add(component);
            component.GetType().GetMethod("Awake", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public, null, Type.EmptyTypes, null)?.Invoke(component, null);
            return component;
        }
        public T AddComponent<T>() where T : Component => (T)AddComponent(typeof(T));
        public T GetComponent<T>() => Components.OfType<T>().FirstOrDefault();
        public bool TryGetComponent<T>(out T component) { component = GetComponent<T>(); return component != null; }
        public T GetComponentInChildren<T>() => GetComponentsInChildren<T>(false).FirstOrDefault();
        public T GetComponentInChildren<T>(bool includeInactive) => GetComponentsInChildren<T>(includeInactive).FirstOrDefault();
        public T GetComponentInParent<T>()
        {
            T own = GetComponent<T>();
            return own != null || transform.parent == null ? own : transform.parent.gameObject.GetComponentInParent<T>();
        }
        public T[] GetComponentsInChildren<T>() => GetComponentsInChildren<T>(false);
        public T[] GetComponentsInChildren<T>(bool includeInactive)
        {
            if (!includeInactive && !activeSelf)
            {
                return new T[0];
            }
            return Components.OfType<T>().Concat(transform.Children.SelectMany(c => c.gameObject.GetComponentsInChildren<T>(includeInactive))).ToArray();
        }
        public static GameObject Find(string name) => null;
        public static GameObject CreatePrimitive(PrimitiveType type) => new GameObject(type.ToString());
    }

    /// <summary>Behaves: parents and children; the world is the local space.</summary>
    [StubOf("Unity 2022.3")]
    public class Transform : Component, IEnumerable
    {
        internal readonly List<Transform> Children = new List<Transform>();
        private Transform _parent;
        public Transform parent { get => _parent; set => SetParent(value); }
        public Vector3 position { get; set; }
        public Vector3 localPosition { get; set; }
        public Vector3 localScale { get; set; } = Vector3.one;
        public Vector3 lossyScale => localScale;
        public Quaternion rotation { get; set; } = Quaternion.identity;
        public Quaternion localRotation { get; set; } = Quaternion.identity;
        public Vector3 eulerAngles { get; set; }
        public Vector3 localEulerAngles { get; set; }
        public Vector3 forward { get; set; } = Vector3.forward;
        public Vector3 up => Vector3.up;
        public Vector3 right => Vector3.right;
        public int childCount => Children.Count;
        public Transform root => _parent == null ? this : _parent.root;
        public Transform GetChild(int index) => Children[index];
        public void SetParent(Transform p) => SetParent(p, true);
        public void SetParent(Transform parent, bool worldPositionStays)
        {
            _parent?.Children.Remove(this);
            _parent = parent;
            _parent?.Children.Add(this);
        }
        public Transform Find(string n) => Children.FirstOrDefault(c => c.gameObject.name == n);
        public void SetPositionAndRotation(Vector3 position, Quaternion rotation) { this.position = position; this.rotation = rotation; }
        public void Rotate(Vector3 axis, float angle, Space relativeTo) { }
        public void Rotate(Vector3 axis, float angle) { }
        public void LookAt(Vector3 worldPosition) { }
        public Vector3 InverseTransformPoint(Vector3 position) => position;
        public Vector3 TransformPoint(Vector3 position) => position;
        public Vector3 InverseTransformVector(Vector3 vector) => vector;
        public IEnumerator GetEnumerator() => Children.GetEnumerator();
    }

    [StubOf("Unity 2022.3")] public enum Space { World, Self }
    [StubOf("Unity 2022.3")] public sealed class RectTransform : Transform { public Vector2 sizeDelta { get; set; } public Vector2 anchorMin { get; set; } public Vector2 anchorMax { get; set; } public Vector2 anchoredPosition { get; set; } public Vector2 offsetMin { get; set; } public Vector2 offsetMax { get; set; } public Vector2 pivot { get; set; } }
}

namespace UnityEngine.SceneManagement
{
    [StubOf("Unity 2022.3")] public struct Scene { public string name => ""; public string path => ""; public bool IsValid() => true; }
    [StubOf("Unity 2022.3")] public class SceneManager { public static Scene GetActiveScene() => default; }
}
