#nullable enable
using System;
using System.Collections.Generic;
using Showfloor.Rpc;

namespace Showfloor.Assets
{
    /// <summary>Which asset, for which device.</summary>
    public sealed class AssetRequest
    {
        /// <summary>Id of the asset, "ast_…". Either this or <see cref="ProductId"/>.</summary>
        public string AssetId { get; set; } = "";

        /// <summary>Product whose current asset is meant.</summary>
        public string ProductId { get; set; } = "";

        /// <summary>Profile of the device: quest3, quest2, mobile-ar, web, desktop or source.</summary>
        public string Profile { get; set; } = "quest3";

        /// <summary>glTF extensions that the client reads. Empty: what the profile's clients read.</summary>
        public List<string> ReadableExtensions { get; } = new List<string>();

        /// <summary>The finest LOD wanted; 0: all of them.</summary>
        public int FinestLod { get; set; }
    }

    /// <summary>How a download is made.</summary>
    public sealed class DownloadOptions
    {
        /// <summary>How long a server may be away before the download fails. Default: 60 s.</summary>
        public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(60);

        /// <summary>Longest silence before the connection counts as lost. Default: 20 s.</summary>
        public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(20);

        /// <summary>Largest file that is taken in, bytes. Default: 512 MiB.</summary>
        public long MaxLodBytes { get; set; } = 512L * 1024 * 1024;

        /// <summary>Delays between attempts.</summary>
        public RetryPolicy Retry { get; set; } = new RetryPolicy();
    }
}
