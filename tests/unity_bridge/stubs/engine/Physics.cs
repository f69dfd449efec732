namespace UnityEngine
{
    [StubOf("Unity 2022.3")] public class Collider : Component { public bool enabled { get; set; } public bool isTrigger { get; set; } public Bounds bounds => default; }
    [StubOf("Unity 2022.3")] public class BoxCollider : Collider { public Vector3 center { get; set; } public Vector3 size { get; set; } }
    [StubOf("Unity 2022.3")] public class SphereCollider : Collider { public float radius { get; set; } public Vector3 center { get; set; } }
    [StubOf("Unity 2022.3")] public class MeshCollider : Collider { public Mesh sharedMesh { get; set; } public bool convex { get; set; } }
    [StubOf("Unity 2022.3")] public enum CollisionDetectionMode { Discrete, Continuous, ContinuousDynamic, ContinuousSpeculative }
    [StubOf("Unity 2022.3")]
    public class Rigidbody : Component
    {
        public float mass { get; set; }
        public bool useGravity { get; set; }
        public bool isKinematic { get; set; }
        public CollisionDetectionMode collisionDetectionMode { get; set; }
    }
    [StubOf("Unity 2022.3")] public struct RaycastHit { public Vector3 point { get; set; } public Vector3 normal { get; set; } public Collider collider => null; public Transform transform => null; }
    [StubOf("Unity 2022.3")]
    public class Physics
    {
        public static bool Raycast(Ray ray, out RaycastHit hitInfo, float maxDistance) { hitInfo = default; return false; }
    }
}
