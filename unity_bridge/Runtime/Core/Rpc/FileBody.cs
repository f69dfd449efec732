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
            HttpReply reply, string server, string path, int maxBytes, CancellationToken cancellationToken)
        {
            if (reply.Status == 404)
            {
                throw new ShowfloorException(
                    RpcStatus.NotFound, "FILE_NOT_FOUND", "The server has no file " + path + ".", "Ask for the asset again.");
            }
            if (reply.Status != 200)
            {
                throw await ErrorBody.ReadAsync(reply, server, cancellationToken).ConfigureAwait(false);
            }
            long announced = long.TryParse(reply.Header("content-length"), out long told) ? told : -1;
            if (announced > maxBytes)
            {
                throw RpcErrors.TooLarge((uint)Math.Min(uint.MaxValue, announced), maxBytes);
            }
            var data = new byte[(int)Math.Min(announced >= 0 ? announced + 1 : FirstBytes, maxBytes + 1L)];
            int have = 0;
            int read;
            while ((read = await reply.ReadAsync(data.AsMemory(have), cancellationToken).ConfigureAwait(false)) > 0)
            {
                have += read;
                if (have > maxBytes)
                {
                    throw RpcErrors.TooLarge((uint)have, maxBytes);
                }
                if (have == data.Length)
                {
                    Array.Resize(ref data, (int)Math.Min(maxBytes + 1L, have * 2L));
                }
            }
            if (have < announced)
            {
                throw HttpErrors.Lost();
            }
            Array.Resize(ref data, have);
            return data;
        }
    }
}
