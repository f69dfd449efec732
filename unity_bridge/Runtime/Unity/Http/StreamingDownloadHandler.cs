#nullable enable
using System;
using UnityEngine.Networking;

namespace Showfloor.Unity.Http
{
    /// <summary>Hands the body on as it arrives. Unity reuses the buffer of <see cref="ReceiveData"/>, so the bytes are
    /// copied before it returns, and it is never handed to the base class, which crashes on Quest with IL2CPP.</summary>
    internal sealed class StreamingDownloadHandler : DownloadHandlerScript
    {
        private readonly BodyQueue _body;
        private readonly Action _headerArrived;

        public StreamingDownloadHandler(BodyQueue body, Action headerArrived)
            : base(new byte[64 * 1024])
        {
            _body = body;
            _headerArrived = headerArrived;
        }

        /// <summary>Whether the reader was so slow that the download was given up.</summary>
        public bool Overflowed { get; private set; }

        /// <inheritdoc/>
        protected override bool ReceiveData(byte[] data, int dataLength)
        {
            _headerArrived();
            if (data is null || dataLength <= 0)
            {
                return true;
            }
            Overflowed = !_body.TryAdd(data, dataLength);
            return !Overflowed;
        }

        /// <inheritdoc/>
        protected override void ReceiveContentLengthHeader(ulong contentLength) => _headerArrived();

        /// <inheritdoc/>
        protected override byte[] GetData() => Array.Empty<byte>();

        /// <inheritdoc/>
        protected override string GetText() => "";
    }
}
