#nullable enable
using System;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;

namespace Showfloor.Rpc
{
    /// <summary>The failure that a response with another HTTP status than 200 tells of. Servers of ours send
    /// <c>{"code", "message", "fix"}</c>; of what a proxy sends, only the status counts.</summary>
    internal static class ErrorBody
    {
        private const int MaxBytes = 4096;
        private static readonly Regex Members = new Regex("\"(code|message|fix)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

        public static async Task<ShowfloorException> ReadAsync(
            HttpReply reply, string server, CancellationToken cancellationToken)
        {
            ShowfloorException plain = RpcErrors.Http(reply.Status, server, reply.Header("x-request-id") ?? "");
            string type = reply.Header("content-type") ?? "";
            if (!type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            {
                return plain;
            }
            var body = new byte[MaxBytes];
            int have = 0;
            int read;
            while (have < MaxBytes
                && (read = await reply.ReadAsync(body.AsMemory(have), cancellationToken).ConfigureAwait(false)) > 0)
            {
                have += read;
            }
            return Parse(Encoding.UTF8.GetString(body, 0, have), plain);
        }

        private static ShowfloorException Parse(string json, ShowfloorException plain)
        {
            string code = "";
            string message = plain.Message;
            string fix = plain.Fix;
            foreach (Match member in Members.Matches(json))
            {
                string value = Unescape(member.Groups[2].Value);
                switch (member.Groups[1].Value)
                {
                    case "code":
                        code = value;
                        break;
                    case "message":
                        message = value;
                        break;
                    default:
                        fix = value;
                        break;
                }
            }
            return Regex.IsMatch(code, "^[A-Z][A-Z0-9_]*$")
                ? new ShowfloorException(plain.Status, code, message, fix) { RequestId = plain.RequestId }
                : plain;
        }

        private static string Unescape(string text)
        {
            try
            {
                return Regex.Unescape(text);
            }
            catch (ArgumentException)
            {
                return text;
            }
        }
    }
}
