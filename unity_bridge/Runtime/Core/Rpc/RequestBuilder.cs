#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using Showfloor.Http;

namespace Showfloor.Rpc
{
    /// <summary>Makes the HTTP requests of calls.</summary>
    internal static class RequestBuilder
    {
        private const string ContentType = "application/grpc-web+proto";
        private const string Agent = "showfloor-unity/0.1.0";
        private const long MaxMilliseconds = 99_999_999;

        /// <summary>Refuses options that cannot work.</summary>
        public static void Check(ChannelOptions options)
        {
            Uri address = options.Address;
            if (!address.IsAbsoluteUri || (address.Scheme != "http" && address.Scheme != "https")
                || address.UserInfo.Length > 0 || address.Query.Length > 0)
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument,
                    "ADDRESS_INVALID",
                    "'" + Shown(address) + "' is not the address of a server.",
                    "Write http://host:port or https://host:port; the port is the server's web port, 8080 by default.");
            }
            foreach (char letter in options.ApiKey)
            {
                if (letter <= ' ' || letter > '~')
                {
                    throw new ShowfloorException(
                        RpcStatus.InvalidArgument,
                        "API_KEY_INVALID",
                        "The API key holds a space or a letter that no key has.",
                        "Copy the key again, from sfk_ to its end.");
                }
            }
        }

        public static HttpRequest Post(
            ChannelOptions channel, string path, ReadOnlyMemory<byte> frame, CallOptions? options, TimeSpan? left)
        {
            var request = new HttpRequest("POST", At(channel.Address, path)) { Body = frame, ContentType = ContentType };
            Add(request, "accept", ContentType);
            Add(request, "x-grpc-web", "1");
            Add(request, "x-user-agent", Agent);
            Authorize(request, channel);
            if (left is TimeSpan time)
            {
                Add(request, "grpc-timeout", Timeout(time));
            }
            request.Headers.AddRange(channel.Metadata);
            if (options?.Metadata is IReadOnlyList<KeyValuePair<string, string>> metadata)
            {
                request.Headers.AddRange(metadata);
            }
            return request;
        }

        public static HttpRequest Get(ChannelOptions channel, string path)
        {
            var request = new HttpRequest("GET", At(channel.Address, path.TrimStart('/')));
            Authorize(request, channel);
            return request;
        }

        /// <summary>A time as gRPC writes it: at most eight digits and a unit.</summary>
        public static string Timeout(TimeSpan time)
        {
            long milliseconds = Math.Max(1, (long)Math.Ceiling(time.TotalMilliseconds));
            return milliseconds <= MaxMilliseconds
                ? milliseconds.ToString(CultureInfo.InvariantCulture) + "m"
                : Math.Min(milliseconds / 1000, MaxMilliseconds).ToString(CultureInfo.InvariantCulture) + "S";
        }

        private static Uri At(Uri address, string path) =>
            new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + path);

        /// <summary>Without a password that may stand in it.</summary>
        private static string Shown(Uri address) => address.IsAbsoluteUri
            ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            : address.OriginalString;

        private static void Authorize(HttpRequest request, ChannelOptions channel)
        {
            if (channel.ApiKey.Length > 0)
            {
                Add(request, "authorization", "Bearer " + channel.ApiKey);
            }
        }

        private static void Add(HttpRequest request, string name, string value) =>
            request.Headers.Add(new KeyValuePair<string, string>(name, value));
    }
}
