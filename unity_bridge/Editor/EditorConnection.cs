#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Rpc;
using Showfloor.Unity.Lifetime;
using Showfloor.V1;
using UnityEditor;

namespace Showfloor.Editor
{
    /// <summary>The editor's connection. The API key is kept on this machine (EditorPrefs), never in the project.</summary>
    public static class EditorConnection
    {
        private const string KeyPref = "Showfloor.ApiKey";
        private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(1);
        private static RpcChannel? _channel;
        private static string _address = "";
        private static IDisposable? _registration;

        /// <summary>API key with the scopes capture, generate and read; empty for a server on this machine.</summary>
        public static string ApiKey
        {
            get => EditorPrefs.GetString(KeyPref, "");
            set
            {
                if (value.Length == 0)
                {
                    EditorPrefs.DeleteKey(KeyPref);
                }
                else
                {
                    EditorPrefs.SetString(KeyPref, value.Trim());
                }
                Close();
            }
        }

        /// <summary>The connection to the server of the settings; made anew where their address has changed.</summary>
        /// <exception cref="ShowfloorException">ADDRESS_INVALID, API_KEY_INVALID.</exception>
        public static RpcChannel Channel
        {
            get
            {
                Uri address = SettingsAsset.FindOrCreate().Address();
                if (_channel is null || _channel.IsClosed || _address != address.AbsoluteUri)
                {
                    Close();
                    _channel = new RpcChannel(new ChannelOptions(address) { ApiKey = ApiKey });
                    _address = address.AbsoluteUri;
                    _registration = Shutdown.Register(_channel.CloseAsync);
                }
                return _channel;
            }
        }

        /// <summary>Whether the server answers and takes the key; throws what is wrong.</summary>
        /// <returns>For people.</returns>
        /// <exception cref="ShowfloorException">It does not.</exception>
        public static async Task<string> CheckAsync(CancellationToken cancellationToken = default)
        {
            RpcChannel channel = Channel;
            var options = new CallOptions { Deadline = TimeSpan.FromSeconds(5), Retry = RetryPolicy.None };
            var assets = new AssetServiceClient(channel);
            ListAssetsResponse page = await assets.ListAssetsAsync(
                new ListAssetsRequest { PageSize = 1 }, options, cancellationToken);
            return "Connected to " + channel.Address.Authority + (page.Assets.Count == 0 ? "; it has no assets yet." : ".");
        }

        /// <summary>Closes the connection; the next use opens another.</summary>
        public static void Close()
        {
            _registration?.Dispose();
            _registration = null;
            RpcChannel? channel = _channel;
            _channel = null;
            if (channel != null)
            {
                _ = channel.CloseAsync(CloseTime);
            }
        }
    }
}
