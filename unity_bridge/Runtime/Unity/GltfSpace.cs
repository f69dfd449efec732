#nullable enable
using Showfloor.V1;
using UnityEngine;
using Pose = UnityEngine.Pose;
using Quaternion = UnityEngine.Quaternion;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.Unity
{
    /// <summary>From glTF's right-handed space (+Y up, front +Z) to Unity's left-handed one, as glTFast does it: X is
    /// mirrored. Metres in both.</summary>
    public static class GltfSpace
    {
        /// <summary>A point or direction.</summary>
        public static Vector3 ToUnity(V1.Vector3? value) =>
            value is null ? Vector3.zero : new Vector3(-value.X, value.Y, value.Z);

        /// <summary>A rotation; all zero is the identity.</summary>
        public static Quaternion ToUnity(V1.Quaternion? value)
        {
            if (value is null || (value.X == 0 && value.Y == 0 && value.Z == 0 && value.W == 0))
            {
                return Quaternion.identity;
            }
            return new Quaternion(value.X, -value.Y, -value.Z, value.W);
        }

        /// <summary>A rigid transform.</summary>
        public static Pose ToUnity(V1.Pose? value) =>
            value is null ? Pose.identity : new Pose(ToUnity(value.Position), ToUnity(value.Rotation));

        /// <summary>A point or direction back to glTF.</summary>
        public static V1.Vector3 ToGltf(Vector3 value) => new V1.Vector3 { X = -value.x, Y = value.y, Z = value.z };

        /// <summary>Width, height and depth; zero where it is not known.</summary>
        public static Vector3 ToUnity(Size? size) =>
            size is null ? Vector3.zero : new Vector3((float)size.XM, (float)size.YM, (float)size.ZM);

        /// <summary>Width, height and depth for the contract.</summary>
        public static Size ToSize(Vector3 size) => new Size { XM = size.x, YM = size.y, ZM = size.z };
    }
}
