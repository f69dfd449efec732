#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;

namespace Showfloor.Rpc
{
    /// <summary>The body of a GET as one array.</summary>
    internal static class FileBody
    {
        private const int FirstBytes = 64 * 1024;

        public static async Task<byte[]> ReadAsync(
            HttpReply reply, string path, int maxBytes, CancellationToken cancellationToken)
        {
            if (reply.Status == 404)
            {
                throw new ShowfloorException(
                    RpcStatus.NotFound, "FILE_NOT_FOUND", "The server has no file " + path + ".", "Ask for the asset again.");
            }
            if (reply.Status != 200)
            {
                throw RpcErrors.Http(reply.Status, path, reply.Header("x-request-id") ?? "");
            }
            long announced = long.TryParse(reply.Header("content-length"), out long told) ? told : -1;
            var data = new byte[(int)Math.Min(announced >= 0 ? announced : FirstBytes, maxBytes)];
            int have = 0;
            while (true)
            {
                if (have == data.Length)
                {
                    var probe = have == announced ? null : new byte[1];
                    int more = probe is null ? 0 : await reply.ReadAsync(probe, cancellationToken).ConfigureAwait(false);
                    if (more == 0)
                    {
                        return data;
                    }
                    if (have >= maxBytes)
                    {
                        throw RpcErrors.TooLarge((uint)Math.Min(uint.MaxValue, Math.Max(announced, have + 1L)), maxBytes);
                    }
                    Array.Resize(ref data, (int)Math.Min(maxBytes, Math.Max(1024L, have * 2L)));
                    data[have++] = probe![0];
                }
                int read = await reply.ReadAsync(data.AsMemory(have), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    if (announced > have)
                    {
                        throw HttpErrors.Lost();
                    }
                    Array.Resize(ref data, have);
                    return data;
                }
                have += read;
            }
        }
    }
}
