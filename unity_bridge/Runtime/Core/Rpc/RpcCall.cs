#nullable enable
using System;
using System.Threading.Tasks;
using Showfloor.Http;

namespace Showfloor.Rpc
{
    /// <summary>One attempt of a call, from the header of its response on.</summary>
    internal sealed class RpcCall : IDisposable
    {
        private readonly HttpReply _reply;
        private readonly FrameReader _frames;
        private readonly string _requestId;
        private readonly string _server;
        private bool _checked;

        public RpcCall(HttpReply reply, Uri address, int maxMessageBytes)
        {
            _reply = reply;
            _server = address.GetLeftPart(UriPartial.Authority);
            _requestId = reply.Header("x-request-id") ?? "";
            _frames = new FrameReader(reply, maxMessageBytes);
        }

        /// <summary>Whether <see cref="Message"/> is a message; false after the last.</summary>
        public bool HasMessage { get; private set; }

        /// <summary>The message that arrived last.</summary>
        public ReadOnlyMemory<byte> Message => _frames.Message;

        /// <summary>Goes to the next message; throws what the call failed with.</summary>
        public async ValueTask NextAsync(CallScope scope)
        {
            scope.Token.ThrowIfCancellationRequested();
            if (!_checked)
            {
                await CheckHeaderAsync(scope).ConfigureAwait(false);
                _checked = true;
            }
            scope.BeginWait();
            HasMessage = await _frames.NextAsync(scope.Token).ConfigureAwait(false);
            if (!HasMessage)
            {
                if (_frames.Trailers!.Error(_requestId) is ShowfloorException error)
                {
                    throw error;
                }
                await _frames.DrainAsync(scope.Token).ConfigureAwait(false);
            }
            scope.EndWait();
        }

        public void Dispose()
        {
            _reply.Dispose();
            _frames.Dispose();
        }

        private async ValueTask CheckHeaderAsync(CallScope scope)
        {
            if (_reply.Status != 200)
            {
                throw Trailers.OfHeader(_reply)?.Error(_requestId)
                    ?? await ErrorBody.ReadAsync(_reply, _server, scope.Token).ConfigureAwait(false);
            }
            string type = _reply.Header("content-type") ?? "";
            if (!type.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase))
            {
                throw RpcErrors.Protocol("its type is '" + type + "'");
            }
            if (Trailers.OfHeader(_reply) is Trailers early)
            {
                throw early.Error(_requestId) ?? RpcErrors.NoMessage();
            }
        }
    }
}
