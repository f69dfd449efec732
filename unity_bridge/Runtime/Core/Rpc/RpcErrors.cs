#nullable enable
using System;

namespace Showfloor.Rpc
{
    /// <summary>The failures that the client itself finds.</summary>
    internal static class RpcErrors
    {
        public static ShowfloorException Protocol(string why) => new ShowfloorException(
            RpcStatus.Internal,
            "PROTOCOL_INVALID",
            "The response is not gRPC-Web: " + why + ".",
            "Check that the address is the web port of a Showfloor server and that no proxy changes the bytes.");

        public static ShowfloorException TooLarge(uint length, int limit) => new ShowfloorException(
            RpcStatus.ResourceExhausted,
            "MESSAGE_TOO_LARGE",
            "The server announces a message of " + length + " bytes; " + limit + " are taken in at most.",
            "Raise MaxMessageBytes of the channel if the server is yours.");

        public static ShowfloorException Deadline(TimeSpan deadline) => new ShowfloorException(
            RpcStatus.DeadlineExceeded,
            "DEADLINE_EXCEEDED",
            "The call took longer than " + Seconds(deadline) + " s.",
            "Try again with a longer deadline.");

        public static ShowfloorException Silent(TimeSpan idle) => new ShowfloorException(
            RpcStatus.Unavailable,
            "CONNECTION_SILENT",
            "Nothing came for " + Seconds(idle) + " s.",
            "Check the network; then try again.");

        public static ShowfloorException Closed() => new ShowfloorException(
            RpcStatus.Cancelled,
            "CHANNEL_CLOSED",
            "The connection was closed: by the app, or by the editor before it reloads scripts or changes play mode.",
            "Begin again; the server keeps what was done.");

        /// <summary>A response whose HTTP status is not 200.</summary>
        public static ShowfloorException Http(int http, string server, string requestId)
        {
            RpcStatus status = OfHttp(http);
            string message = status == RpcStatus.Unimplemented
                ? "The server at " + server + " does not have this call (HTTP 404)."
                : "The server at " + server + " answered HTTP " + http + ".";
            return new ShowfloorException(status, Name(status), message, Fix(status)) { RequestId = requestId };
        }

        public static ShowfloorException NoMessage() => Protocol("the call succeeded and has no message");

        public static string Name(RpcStatus status)
        {
            string name = status.ToString();
            var text = new System.Text.StringBuilder();
            foreach (char letter in name)
            {
                if (char.IsUpper(letter) && text.Length > 0)
                {
                    text.Append('_');
                }
                text.Append(char.ToUpperInvariant(letter));
            }
            return text.ToString();
        }

        public static string Fix(RpcStatus status)
        {
            switch (status)
            {
                case RpcStatus.Unavailable:
                    return "Check the address and that the server runs; then try again.";
                case RpcStatus.DeadlineExceeded:
                    return "Try again with a longer deadline.";
                case RpcStatus.Unimplemented:
                    return "Check the address; update the server, or do without the call.";
                case RpcStatus.ResourceExhausted:
                    return "Send less at once.";
                case RpcStatus.Unauthenticated:
                    return "Give an API key; `showfloor keys create` makes one.";
                default:
                    return "The message says what was wrong.";
            }
        }

        private static RpcStatus OfHttp(int http)
        {
            switch (http)
            {
                case 400:
                    return RpcStatus.Internal;
                case 401:
                    return RpcStatus.Unauthenticated;
                case 403:
                case 421:
                    return RpcStatus.PermissionDenied;
                case 404:
                    return RpcStatus.Unimplemented;
                case 413:
                    return RpcStatus.ResourceExhausted;
                case 429:
                case 502:
                case 503:
                case 504:
                    return RpcStatus.Unavailable;
                default:
                    return RpcStatus.Unknown;
            }
        }

        private static string Seconds(TimeSpan time) =>
            time.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
    }
}
