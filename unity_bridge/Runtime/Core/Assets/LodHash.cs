#nullable enable
using System;
using System.Security.Cryptography;
using System.Threading.Tasks;

namespace Showfloor.Assets
{
    /// <summary>SHA-256 of a file that is still arriving, computed beside the arrival so that neither waits.</summary>
    internal sealed class LodHash
    {
        private const int Step = 1024 * 1024;
        private readonly byte[] _data;
        private readonly byte[] _digest = new byte[32];
        private IncrementalHash? _hash;
        private Task _running = Task.CompletedTask;
        private int _begun;

        public LodHash(byte[] data) => _data = data;

        /// <summary>The first <paramref name="received"/> bytes are there.</summary>
        public void Advance(int received)
        {
            if (received - _begun >= Step && _running.IsCompleted)
            {
                Begin(received);
            }
        }

        /// <summary>All bytes are there: their SHA-256 in lower-case hex.</summary>
        public async Task<string> FinishAsync()
        {
            await _running.ConfigureAwait(false);
            Begin(_data.Length);
            await _running.ConfigureAwait(false);
            _hash!.TryGetHashAndReset(_digest, out _);
            _hash.Dispose();
            Reset();
            return Hex(_digest);
        }

        /// <summary>Begins again.</summary>
        public void Reset()
        {
            _running = Task.CompletedTask;
            _hash = null;
            _begun = 0;
        }

        internal static string Hex(ReadOnlySpan<byte> bytes)
        {
            const string Digits = "0123456789abcdef";
            Span<char> text = stackalloc char[bytes.Length * 2];
            for (int i = 0; i < bytes.Length; i++)
            {
                text[2 * i] = Digits[bytes[i] >> 4];
                text[(2 * i) + 1] = Digits[bytes[i] & 15];
            }
            return new string(text);
        }

        private void Begin(int end)
        {
            IncrementalHash hash = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            int start = _begun;
            _begun = end;
            byte[] data = _data;
            _running = Task.Run(() => hash.AppendData(data, start, end - start));
        }
    }
}
