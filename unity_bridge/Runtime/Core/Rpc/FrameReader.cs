#nullable enable
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;

namespace Showfloor.Rpc
{
    /// <summary>Cuts the body of a gRPC-Web response into its messages. The bytes stay where they arrived; memory grows
    /// with what arrives, not with what a length announces.</summary>
    internal sealed class FrameReader : IDisposable
    {
        private const int HeaderBytes = 5;
        private const int FirstBuffer = 4 * 1024;
        private const int UsualBuffer = 512 * 1024;
        private const int MaxTrailerBytes = 64 * 1024;
        private readonly HttpReply _reply;
        private readonly int _maxMessageBytes;
        private byte[] _buffer;
        private int _start;
        private int _end;

        public FrameReader(HttpReply reply, int maxMessageBytes)
        {
            _reply = reply;
            _maxMessageBytes = maxMessageBytes;
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        }

        /// <summary>The message that <see cref="NextAsync"/> found; valid until it is called again.</summary>
        public ReadOnlyMemory<byte> Message { get; private set; }

        /// <summary>How the call ended, once <see cref="NextAsync"/> has answered false.</summary>
        public Trailers? Trailers { get; private set; }

        private ReadOnlySpan<byte> Header => new ReadOnlySpan<byte>(_buffer, _start + 1, 4);

        /// <summary>Goes to the next message; false after the last.</summary>
        /// <exception cref="ShowfloorException">The bytes are no gRPC-Web, a message is too large, or the connection was
        /// lost.</exception>
        public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
        {
            Message = default;
            await HaveAsync(HeaderBytes, cancellationToken).ConfigureAwait(false);
            byte flags = _buffer[_start];
            uint length = BinaryPrimitives.ReadUInt32BigEndian(Header);
            bool trailer = flags == 0x80;
            if (!trailer && flags != 0)
            {
                throw RpcErrors.Protocol("a frame has the flags 0x" + flags.ToString("x2"));
            }
            int limit = trailer ? MaxTrailerBytes : _maxMessageBytes;
            if (length > limit)
            {
                throw RpcErrors.TooLarge(length, limit);
            }
            int size = (int)length;
            await HaveAsync(HeaderBytes + size, cancellationToken).ConfigureAwait(false);
            var frame = new ReadOnlyMemory<byte>(_buffer, _start + HeaderBytes, size);
            _start += HeaderBytes + size;
            if (!trailer)
            {
                Message = frame;
                return true;
            }
            Trailers = Trailers.Parse(frame.Span);
            return false;
        }

        /// <summary>Reads the end of the body after the trailers, so that the connection can be used again.</summary>
        public async Task DrainAsync(CancellationToken cancellationToken)
        {
            if (_start == _end)
            {
                await _reply.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            }
        }

        public void Dispose()
        {
            byte[] buffer = _buffer;
            _buffer = Array.Empty<byte>();
            _start = _end = 0;
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        private async ValueTask HaveAsync(int count, CancellationToken cancellationToken)
        {
            while (_end - _start < count)
            {
                MakeRoom(count);
                int read = await _reply
                    .ReadAsync(new Memory<byte>(_buffer, _end, _buffer.Length - _end), cancellationToken)
                    .ConfigureAwait(false);
                if (read <= 0)
                {
                    throw HttpErrors.Lost();
                }
                _end += read;
            }
        }

        private void MakeRoom(int count)
        {
            int held = _end - _start;
            if (_buffer.Length - _start >= count && _end < _buffer.Length)
            {
                return;
            }
            if (held < _buffer.Length)
            {
                Buffer.BlockCopy(_buffer, _start, _buffer, 0, held);
            }
            else
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(UsualBuffer, held * 2));
                Buffer.BlockCopy(_buffer, _start, larger, 0, held);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }
            _start = 0;
            _end = held;
        }
    }
}
