#nullable enable
using UnityEngine;

namespace Showfloor.Project
{
    /// <summary>Opens and closes the panel it is on; works while the panel is closed.</summary>
    public sealed class Opener : MonoBehaviour
    {
        /// <summary>For a button.</summary>
        public void Toggle() => gameObject.SetActive(!gameObject.activeSelf);
    }
}
