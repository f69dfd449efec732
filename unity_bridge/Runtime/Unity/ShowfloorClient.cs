#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;
using Showfloor.Rpc;
using Showfloor.Unity.Http;
using Showfloor.Unity.Lifetime;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;

namespace Showfloor.Unity
{
    /// <summary>The way to a Showfloor server: one for a scene or a whole app. Loading a product is one line:
    /// <c>await client.LoadAsync("sku-42", parent, token, progress)</c>. Use it on the main thread.</summary>
    [AddComponentMenu("Showfloor/Showfloor Client")]
    [DisallowMultipleComponent]
    public sealed partial class ShowfloorClient : MonoBehaviour
    {
        private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(1);

        [SerializeField, Tooltip("Server, profile and limits. Empty: ShowfloorSettings in a Resources folder.")]
        private ShowfloorSettings? _settings;

        private string? _apiKey;
        private RpcChannel? _channel;
        private IDisposable? _registration;
        private DiskCache? _cache;
        private bool _cacheOpened;
        private IModelLoader? _loader;
        private FrameBudgetAgent? _budget;

        /// <summary>Server, profile and limits.</summary>
        /// <exception cref="ShowfloorException">SETTINGS_MISSING.</exception>
        public ShowfloorSettings Settings
        {
            get
            {
                if (!HasSettings())
                {
                    throw new ShowfloorException(
                        RpcStatus.FailedPrecondition,
                        "SETTINGS_MISSING",
                        "The client '" + name + "' has no settings.",
                        "Open Project Settings > Showfloor, which makes them, or assign settings to the component.");
                }
                return _settings!;
            }
            set
            {
                _settings = value;
                Reconnect();
            }
        }

        /// <summary>Language of what shoppers read, BCP 47: that of the settings, else of the device.</summary>
        public string Language => HasSettings() ? _settings!.Language : ShowfloorSettings.DeviceLanguage();

        /// <summary>API key, with the scope read for shopper apps. Default: that of the local ShowfloorSecret asset, if any.
        /// Setting it closes the connection; the next call opens another.</summary>
        public string ApiKey
        {
            get
            {
                if (_apiKey is null)
                {
                    ShowfloorSecret? secret = Resources.Load<ShowfloorSecret>(ShowfloorSecret.ResourceName);
                    _apiKey = secret != null ? secret.ApiKey : "";
                }
                return _apiKey;
            }
            set
            {
                _apiKey = value;
                Reconnect();
            }
        }

        /// <summary>Sends the requests. Default: <see cref="UnityWebRequestTransport"/>. Set it before the first call.</summary>
        public Func<IHttpTransport>? TransportFactory { get; set; }

        /// <summary>Turns files into objects. Default: glTFast, where it is installed.</summary>
        /// <exception cref="ShowfloorException">GLTFAST_MISSING.</exception>
        public IModelLoader ModelLoader
        {
            get => _loader ??= DefaultLoader();
            set => _loader = value;
        }

        /// <summary>The connection; made by the first use.</summary>
        /// <exception cref="ShowfloorException">ADDRESS_INVALID, SETTINGS_MISSING, PIN_INVALID.</exception>
        public RpcChannel Channel
        {
            get
            {
                if (_channel is null || _channel.IsClosed)
                {
                    _channel = Connect();
                }
                return _channel;
            }
        }

        /// <summary>Products, search and recommendation.</summary>
        public CatalogServiceClient Catalog => new CatalogServiceClient(Channel);

        /// <summary>What assets there are.</summary>
        public AssetServiceClient Assets => new AssetServiceClient(Channel);

        /// <summary>Try-on on faces and bodies.</summary>
        public TryOnServiceClient TryOn => new TryOnServiceClient(Channel);

        /// <summary>What shoppers do.</summary>
        public InsightsServiceClient Insights => new InsightsServiceClient(Channel);

        /// <summary>Downloaded files on the disk; null where the settings keep none.</summary>
        public DiskCache? Cache
        {
            get
            {
                if (!_cacheOpened)
                {
                    _cacheOpened = true;
                    _cache = OpenCache();
                }
                return _cache;
            }
        }

        /// <summary>Closes the connection and waits until every call has ended, a second at most.</summary>
        /// <returns>Whether all calls had ended in time.</returns>
        public async Task<bool> CloseAsync()
        {
            RpcChannel? channel = _channel;
            _channel = null;
            _registration?.Dispose();
            _registration = null;
            return channel is null || await channel.CloseAsync(CloseTime);
        }

        /// <summary>A picture of the server as a texture, such as <see cref="Asset.ThumbnailPath"/>.</summary>
        /// <exception cref="ShowfloorException">It cannot be fetched, or is not a picture.</exception>
        public async Task<Texture2D> LoadPictureAsync(string path, CancellationToken cancellationToken = default)
        {
            byte[] data = await Channel.GetFileAsync(path, cancellationToken: cancellationToken);
            var texture = new Texture2D(2, 2);
            if (!texture.LoadImage(data, true))
            {
                Destroy(texture);
                throw new ShowfloorException(
                    RpcStatus.DataLoss, "PICTURE_UNREADABLE", path + " is not a PNG or JPEG.", "Report it with the server's log.");
            }
            return texture;
        }

        private bool HasSettings()
        {
            if (_settings == null)
            {
                _settings = Resources.Load<ShowfloorSettings>(ShowfloorSettings.ResourceName);
            }
            return _settings != null;
        }

        private static IModelLoader DefaultLoader()
        {
#if SHOWFLOOR_GLTFAST
            return new GltfModelLoader();
#else
            throw new ShowfloorException(
                RpcStatus.FailedPrecondition,
                "GLTFAST_MISSING",
                "No package reads glTF.",
                "Install com.unity.cloud.gltfast 6 (6.11 or newer), or set ShowfloorClient.ModelLoader.");
#endif
        }

        private RpcChannel Connect()
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            throw new ShowfloorException(
                RpcStatus.Unimplemented,
                "PLATFORM_UNSUPPORTED",
                "Showfloor does not run in WebGL players, which have no threads.",
                "Build for another platform; in a browser, use the server's gallery.");
#else
            ShowfloorSettings settings = Settings;
            Uri address = settings.Address();
            if (Application.isMobilePlatform && address.IsLoopback)
            {
                Debug.LogWarning(
                    "Showfloor: " + address.Authority + " is this device itself. Give the address of the machine that runs the server, "
                        + "or on Android: adb reverse tcp:" + address.Port + " tcp:" + address.Port + ".",
                    this);
            }
            IHttpTransport transport = TransportFactory?.Invoke() ?? new UnityWebRequestTransport(settings.PinnedCertificates);
            var channel = new RpcChannel(new ChannelOptions(address)
            {
                ApiKey = ApiKey,
                Deadline = settings.Deadline,
                Transport = transport,
            });
            _registration?.Dispose();
            var unity = transport as UnityWebRequestTransport; // it sends on the main thread, which waits for the end
            _registration = Shutdown.Register(
                wait => EndAsync(channel, wait, unity is null ? TimeSpan.FromTicks(wait.Ticks / 2) : TimeSpan.Zero),
                () => unity?.ReleaseAll());
            return channel;
#endif
        }

        private DiskCache? OpenCache()
        {
            if (Settings.CacheBytes <= 0)
            {
                return null;
            }
            try
            {
                return DiskCache.Shared(Path.Combine(Application.temporaryCachePath, "showfloor"), Settings.CacheBytes);
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
                return null;
            }
        }

        private void Reconnect()
        {
            if (_channel != null)
            {
                _ = CloseAsync();
            }
        }

        private void OnDestroy() => EndQuietly();
    }
}
