#nullable enable
using System;
using System.Collections.Generic;
using UnityEngine;

namespace Showfloor.Unity
{
    /// <summary>Where the server is and how assets are loaded: an asset of the project. It holds no API key, since it is
    /// committed and shipped; see <see cref="ShowfloorClient.ApiKey"/> and <see cref="ShowfloorSecret"/>.</summary>
    [CreateAssetMenu(menuName = "Showfloor/Settings", fileName = "ShowfloorSettings", order = 300)]
    public sealed class ShowfloorSettings : ScriptableObject
    {
        /// <summary>Name of the settings asset in a Resources folder that is used where none is given.</summary>
        public const string ResourceName = "ShowfloorSettings";

        [SerializeField, Tooltip("Address of the server's web port, such as https://shop.example:8080.")]
        private string _serverUrl = "http://127.0.0.1:8080";

        [SerializeField, Tooltip("Profile of the device: quest3, quest2, mobile-ar, web, desktop or source.")]
        private string _profile = "quest3";

        [SerializeField, Tooltip("SHA-256 of certificates to trust instead of what the device trusts; 64 hex digits each.")]
        private List<string> _pinnedCertificates = new List<string>();

        [SerializeField, Min(1f), Tooltip("Seconds that a call without a stream may take, retries included.")]
        private float _deadlineSeconds = 30f;

        [SerializeField, Min(1f), Tooltip("Seconds that the server may be away before a download fails.")]
        private float _patienceSeconds = 60f;

        [SerializeField, Min(0), Tooltip("Megabytes that downloaded assets may take on the disk; 0: nothing is kept.")]
        private int _cacheMegabytes = 512;

        [SerializeField, Range(0.5f, 16f), Tooltip("Milliseconds of a frame that loading may take.")]
        private float _frameBudgetMs = 3f;

        [SerializeField, Tooltip("Language of titles and replies (BCP 47), such as en or zh; empty: that of the device.")]
        private string _language = "";

        [SerializeField, Tooltip("Whether what shoppers look at, place and try on is told to the server for its insights. Ask the shopper first where the law wants it.")]
        private bool _recordsEvents;

        /// <summary>Address of the server's web port.</summary>
        public string ServerUrl
        {
            get => _serverUrl;
            set => _serverUrl = value;
        }

        /// <summary>Profile of the device.</summary>
        public string Profile
        {
            get => _profile;
            set => _profile = value;
        }

        /// <summary>SHA-256 of certificates to trust instead of what the device trusts.</summary>
        public IReadOnlyList<string> PinnedCertificates => _pinnedCertificates;

        /// <summary>Time that a call without a stream may take, retries included.</summary>
        public TimeSpan Deadline => TimeSpan.FromSeconds(_deadlineSeconds);

        /// <summary>Time that the server may be away before a download fails.</summary>
        public TimeSpan Patience => TimeSpan.FromSeconds(_patienceSeconds);

        /// <summary>Bytes that downloaded assets may take on the disk.</summary>
        public long CacheBytes
        {
            get => _cacheMegabytes * 1024L * 1024L;
            set => _cacheMegabytes = (int)(value / (1024L * 1024L));
        }

        /// <summary>Milliseconds of a frame that loading may take.</summary>
        public float FrameBudgetMs
        {
            get => _frameBudgetMs;
            set => _frameBudgetMs = value;
        }

        /// <summary>Language of titles and replies, BCP 47.</summary>
        public string Language
        {
            get => _language.Length > 0 ? _language : DeviceLanguage();
            set => _language = value;
        }

        /// <summary>Whether what shoppers look at, place and try on is told to the server.</summary>
        public bool RecordsEvents
        {
            get => _recordsEvents;
            set => _recordsEvents = value;
        }

        /// <summary>The address as a URI.</summary>
        /// <exception cref="ShowfloorException">ADDRESS_INVALID.</exception>
        public Uri Address()
        {
            if (Uri.TryCreate(_serverUrl.Trim(), UriKind.Absolute, out Uri address)
                && (address.Scheme == "http" || address.Scheme == "https"))
            {
                return address;
            }
            throw new ShowfloorException(
                RpcStatus.InvalidArgument,
                "ADDRESS_INVALID",
                "'" + _serverUrl + "' is not the address of a server.",
                "Project Settings > Showfloor: write it like https://shop.example:8080 (the web port, not that of gRPC).");
        }

        internal static string DeviceLanguage()
        {
            switch (Application.systemLanguage)
            {
                case SystemLanguage.ChineseSimplified:
                case SystemLanguage.ChineseTraditional:
                    return "zh";
                default:
                    return "en";
            }
        }
    }
}
