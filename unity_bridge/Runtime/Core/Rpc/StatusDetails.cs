#nullable enable
using System;
using Showfloor.WellKnown;
using Showfloor.Wire;

namespace Showfloor.Rpc
{
    /// <summary>gRPC status and google.rpc.ErrorInfo to exception; the one place.</summary>
    internal static class StatusDetails
    {
        private const string Domain = "showfloor";

        public static ShowfloorException Error(RpcStatus status, string message, string details, string requestId)
        {
            string code = RpcErrors.Name(status);
            string fix = RpcErrors.Fix(status);
            TimeSpan? retryAfter = null;
            foreach (Any part in Read(details, ref message))
            {
                if (part.TypeUrl.EndsWith("/google.rpc.ErrorInfo", StringComparison.Ordinal))
                {
                    var info = Proto.Parse<ErrorInfo>(part.Value);
                    if (info.Domain == Domain && info.Reason.Length > 0)
                    {
                        code = info.Reason;
                        fix = info.Metadata.TryGetValue("fix", out string? told) ? told : "";
                    }
                }
                else if (part.TypeUrl.EndsWith("/google.rpc.RetryInfo", StringComparison.Ordinal))
                {
                    Duration? delay = Proto.Parse<RetryInfo>(part.Value).RetryDelay;
                    double seconds = delay is null ? 0 : delay.Seconds + (delay.Nanos / 1e9);
                    retryAfter = TimeSpan.FromSeconds(Math.Max(0, Math.Min(seconds, 60)));
                }
            }
            if (message.Length == 0)
            {
                message = "The server answered " + RpcErrors.Name(status) + ".";
            }
            return new ShowfloorException(status, code, message, fix)
            {
                RetryAfter = retryAfter,
                RequestId = requestId,
            };
        }

        /// <summary>The details that can be read; what is damaged is left out, since the status itself counts.</summary>
        private static Any[] Read(string details, ref string message)
        {
            if (details.Length == 0)
            {
                return Array.Empty<Any>();
            }
            try
            {
                string padded = details.PadRight((details.Length + 3) / 4 * 4, '=');
                var status = Proto.Parse<Status>(Convert.FromBase64String(padded));
                message = status.Message.Length > 0 ? status.Message : message;
                foreach (Any part in status.Details)
                {
                    _ = part.TypeUrl.EndsWith("ErrorInfo", StringComparison.Ordinal)
                        ? (IMessage)Proto.Parse<ErrorInfo>(part.Value)
                        : Proto.Parse<RetryInfo>(part.Value);
                }
                return status.Details.ToArray();
            }
            catch (Exception error) when (error is FormatException || error is ShowfloorException)
            {
                return Array.Empty<Any>();
            }
        }
    }
}
