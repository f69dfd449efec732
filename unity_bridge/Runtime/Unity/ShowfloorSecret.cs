#nullable enable
using UnityEngine;

namespace Showfloor.Unity
{
    /// <summary>An API key for builds, kept out of version control: Resources/ShowfloorSecret.asset, which the menu
    /// Showfloor > Create Local Key Asset makes and adds to .gitignore. Use a key with the scope read alone: whatever is
    /// in a build can be read out of it.</summary>
    public sealed class ShowfloorSecret : ScriptableObject
    {
        /// <summary>Name of the asset in a Resources folder.</summary>
        public const string ResourceName = "ShowfloorSecret";

        [SerializeField, Tooltip("API key of the server with the scope read, sfk_…")]
        private string _apiKey = "";

        /// <summary>The API key.</summary>
        public string ApiKey => _apiKey;
    }
}
