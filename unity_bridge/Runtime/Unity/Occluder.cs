#nullable enable
using UnityEngine;
using UnityEngine.Rendering;

namespace Showfloor.Unity
{
    /// <summary>Makes what is below this object hide products without being seen itself: a head, a table, packaging.</summary>
    [AddComponentMenu("Showfloor/Occluder")]
    public sealed class Occluder : MonoBehaviour
    {
        private const string ShaderResource = "Showfloor/Occluder"; // in a Resources folder, so that every build contains it

        [SerializeField, Tooltip("Another shader than Showfloor/Occluder. Optional.")]
        private Shader? _shader;

        private Material? _material;

        /// <summary>Gives every renderer below this object the occluder material. Call it again after adding some.</summary>
        /// <exception cref="ShowfloorException">SHADER_MISSING.</exception>
        public void Apply()
        {
            if (_shader == null)
            {
                _shader = Resources.Load<Shader>(ShaderResource);
            }
            if (_shader == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "SHADER_MISSING",
                    "The shader Showfloor/Occluder is not in this build.",
                    "Reinstall the package; its Resources folder holds the shader.");
            }
            if (_material == null)
            {
                _material = new Material(_shader);
            }
            foreach (Renderer renderer in GetComponentsInChildren<Renderer>(true))
            {
                var materials = new Material[Mathf.Max(1, renderer.sharedMaterials.Length)];
                for (int i = 0; i < materials.Length; i++)
                {
                    materials[i] = _material;
                }
                renderer.sharedMaterials = materials;
                renderer.shadowCastingMode = ShadowCastingMode.Off;
            }
        }

        private void OnDestroy()
        {
            if (_material != null)
            {
                Destroy(_material);
            }
        }
    }
}
