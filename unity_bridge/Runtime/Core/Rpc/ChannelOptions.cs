#nullable enable
using System;
using System.Collections.Generic;
using Showfloor.Http;

namespace Showfloor.Rpc
{
    /// <summary>Where the server is and how it is spoken to.</summary>
    public sealed class ChannelOptions
    {
        /// <summary>Options for the server whose web port is at <paramref name="address"/>:
        /// "https://shop.example:8080".</summary>
        public ChannelOptions(Uri address) => Address = address;

        /// <summary>Address of the web port, http or https.</summary>
        public Uri Address { get; }

        /// <summary>API key, "sfk_…"; empty for a server on this machine that asks for none.</summary>
        public string ApiKey { get; set; } = "";

        /// <summary>Sends the requests; disposed of with the channel. Default: a <see cref="HttpClientTransport"/>.</summary>
        public IHttpTransport? Transport { get; set; }

        /// <summary>Time for a unary call, retries included. Default: 30 s.</summary>
        public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>Retries of calls that may be repeated.</summary>
        public RetryPolicy Retry { get; set; } = new RetryPolicy();

        /// <summary>Largest message that is taken in, bytes. Default: 16 MiB.</summary>
        public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

        /// <summary>Metadata of every call.</summary>
        public List<KeyValuePair<string, string>> Metadata { get; } = new List<KeyValuePair<string, string>>();
    }
}
