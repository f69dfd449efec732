#nullable enable
using System;
using System.Buffers;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Assets;
using Showfloor.V1;

namespace Showfloor.Captures
{
    /// <summary>Reads a file part by part into the same memory.</summary>
    internal sealed class FileParts : IDisposable
    {
        private readonly UploadFile _file;
        private readonly Stream _stream;
        private byte[] _buffer;
        private readonly int _partBytes;
        private readonly SHA256 _hash = SHA256.Create();
        private long _position;

        public FileParts(UploadFile file, long offset, int partBytes)
        {
            _file = file;
            _partBytes = partBytes;
            Offset = offset;
            try
            {
                _stream = file.Open();
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                throw UploadFile.Unreadable(file.Name, error);
            }
            _buffer = ArrayPool<byte>.Shared.Rent(partBytes);
        }

        /// <summary>Where the next part begins.</summary>
        public long Offset { get; set; }

        /// <summary>The next part; its data is valid until the one after.</summary>
        public async Task<UploadPartRequest> ReadAsync(CancellationToken cancellationToken)
        {
            int wanted = (int)Math.Min(_partBytes, _file.Length - Offset);
            int have = 0;
            try
            {
                if (_position != Offset)
                {
                    _stream.Seek(Offset, SeekOrigin.Begin);
                    _position = Offset;
                }
                while (have < wanted)
                {
                    int read = await _stream.ReadAsync(_buffer, have, wanted - have, cancellationToken)
                        .ConfigureAwait(false);
                    if (read == 0)
                    {
                        throw UploadFile.Changed(_file.Name);
                    }
                    have += read;
                }
            }
            catch (IOException error)
            {
                throw UploadFile.Unreadable(_file.Name, error);
            }
            _position += have;
            return new UploadPartRequest
            {
                Offset = Offset,
                Data = new ReadOnlyMemory<byte>(_buffer, 0, have),
                Sha256 = LodHash.Hex(_hash.ComputeHash(_buffer, 0, have)),
            };
        }

        public void Dispose()
        {
            _stream.Dispose();
            _hash.Dispose();
            byte[] buffer = _buffer;
            _buffer = Array.Empty<byte>();
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
