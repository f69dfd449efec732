#nullable enable
using System;
using System.Buffers;
using System.Buffers.Binary;
using Showfloor.Wire;

namespace Showfloor.Rpc
{
    /// <summary>A request as one gRPC-Web frame in rented memory.</summary>
    internal sealed class RequestBody : IDisposable
    {
        private const int HeaderBytes = 5;
        private byte[] _buffer;

        public RequestBody(IMessage message)
        {
            int size = Proto.Size(message);
            _buffer = ArrayPool<byte>.Shared.Rent(checked(HeaderBytes + size));
            _buffer[0] = 0;
            BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(1), size);
            Proto.Write(message, _buffer.AsSpan(HeaderBytes, size));
            Frame = new ReadOnlyMemory<byte>(_buffer, 0, HeaderBytes + size);
        }

        public ReadOnlyMemory<byte> Frame { get; private set; }

        public void Dispose()
        {
            Frame = default;
            byte[] buffer = _buffer;
            _buffer = Array.Empty<byte>();
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
