#nullable enable
using System;

namespace Showfloor.Wire
{
    /// <summary>Fields of a newer server, as they came.</summary>
    public sealed class UnknownFields
    {
        private byte[] _bytes = Array.Empty<byte>();

        /// <summary>Bytes of all of them, tags included.</summary>
        public int Length { get; private set; }

        internal ReadOnlySpan<byte> Bytes => new ReadOnlySpan<byte>(_bytes, 0, Length);

        internal void Add(ReadOnlySpan<byte> field)
        {
            if (_bytes.Length - Length < field.Length)
            {
                Array.Resize(ref _bytes, Math.Max(checked(Length + field.Length), (int)Math.Min(int.MaxValue / 2, Length * 2L)));
            }
            field.CopyTo(_bytes.AsSpan(Length));
            Length += field.Length;
        }
    }
}
