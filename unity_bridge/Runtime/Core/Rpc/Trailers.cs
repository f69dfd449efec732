#nullable enable
using System;
using System.Text;
using Showfloor.Http;

namespace Showfloor.Rpc
{
    /// <summary>The end of a call: status, message and details.</summary>
    internal sealed class Trailers
    {
        private const int Missing = -1;
        private int _status = Missing;
        private string _message = "";
        private string _details = "";

        /// <summary>The status, if there is one.</summary>
        public RpcStatus? Status => _status == Missing ? (RpcStatus?)null : Known(_status);

        /// <summary>What stands in the header of a response that has no body, or null.</summary>
        public static Trailers? OfHeader(HttpReply reply)
        {
            string? status = reply.Header("grpc-status");
            if (status is null)
            {
                return null;
            }
            var trailers = new Trailers();
            trailers.Set("grpc-status", status);
            trailers.Set("grpc-message", reply.Header("grpc-message") ?? "");
            trailers.Set("grpc-status-details-bin", reply.Header("grpc-status-details-bin") ?? "");
            return trailers;
        }

        /// <summary>Lines "name: value" of a trailer frame.</summary>
        public static Trailers Parse(ReadOnlySpan<byte> frame)
        {
            var trailers = new Trailers();
            foreach (string line in Encoding.UTF8.GetString(frame).Split('\n'))
            {
                int colon = line.IndexOf(':');
                if (colon > 0)
                {
                    trailers.Set(line.Substring(0, colon).Trim().ToLowerInvariant(), line.Substring(colon + 1).Trim());
                }
            }
            if (trailers._status == Missing)
            {
                throw RpcErrors.Protocol("the trailers hold no grpc-status");
            }
            return trailers;
        }

        /// <summary>What the call failed with; null where it succeeded.</summary>
        public ShowfloorException? Error(string requestId)
        {
            RpcStatus status = Status ?? RpcStatus.Unknown;
            return status == RpcStatus.Ok ? null : StatusDetails.Error(status, _message, _details, requestId);
        }

        private static RpcStatus Known(int status) =>
            status >= 0 && status <= 16 ? (RpcStatus)status : RpcStatus.Unknown;

        private void Set(string name, string value)
        {
            switch (name)
            {
                case "grpc-status":
                    _status = int.TryParse(value, out int status) && status >= 0 ? status : (int)RpcStatus.Unknown;
                    break;
                case "grpc-message":
                    _message = Uri.UnescapeDataString(value);
                    break;
                case "grpc-status-details-bin":
                    _details = value;
                    break;
            }
        }
    }
}
