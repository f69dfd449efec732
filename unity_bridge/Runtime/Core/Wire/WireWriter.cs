#nullable enable
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace Showfloor.Wire
{
    /// <summary>Writes the protobuf wire format into memory that <see cref="IMessage.CalculateSize"/> measured.</summary>
    public ref struct WireWriter
    {
        internal static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);
        private readonly Span<byte> _target;

        /// <summary>A writer into <paramref name="target"/>.</summary>
        public WireWriter(Span<byte> target)
        {
            _target = target;
            Position = 0;
        }

        /// <summary>Bytes that are written.</summary>
        public int Position { get; private set; }

        /// <summary>Writes a varint: a tag, a length, a number.</summary>
        public void WriteVarint(ulong value)
        {
            while (value > 0x7f)
            {
                Room(1)[0] = (byte)(value | 0x80);
                value >>= 7;
            }
            Room(1)[0] = (byte)value;
        }

        /// <summary>Writes an <c>int32</c> or an enum; negative ones take ten bytes.</summary>
        public void WriteInt32(int value) => WriteVarint(unchecked((ulong)value));

        /// <summary>Writes an <c>int64</c>.</summary>
        public void WriteInt64(long value) => WriteVarint(unchecked((ulong)value));

        /// <summary>Writes a <c>uint32</c>.</summary>
        public void WriteUInt32(uint value) => WriteVarint(value);

        /// <summary>Writes a <c>uint64</c>.</summary>
        public void WriteUInt64(ulong value) => WriteVarint(value);

        /// <summary>Writes a <c>bool</c>.</summary>
        public void WriteBool(bool value) => WriteVarint(value ? 1u : 0u);

        /// <summary>Writes a <c>double</c>.</summary>
        public void WriteDouble(double value) =>
            BinaryPrimitives.WriteInt64LittleEndian(Room(8), BitConverter.DoubleToInt64Bits(value));

        /// <summary>Writes a <c>float</c>.</summary>
        public void WriteFloat(float value) =>
            BinaryPrimitives.WriteInt32LittleEndian(Room(4), BitConverter.SingleToInt32Bits(value));

        /// <summary>Writes a <c>string</c> with its length.</summary>
        public void WriteString(string value)
        {
            int length = WireSize.Utf8Length(value);
            WriteVarint((uint)length);
            Utf8.GetBytes(value.AsSpan(), Room(length));
        }

        /// <summary>Writes <c>bytes</c> with their length.</summary>
        public void WriteBytes(ReadOnlyMemory<byte> value)
        {
            WriteVarint((uint)value.Length);
            value.Span.CopyTo(Room(value.Length));
        }

        /// <summary>Writes a message with its length.</summary>
        public void WriteMessage(IMessage value)
        {
            WriteVarint((uint)value.CalculateSize());
            value.WriteTo(ref this);
        }

        /// <summary>Writes a map of texts.</summary>
        public void WriteMap(uint tag, Dictionary<string, string> map)
        {
            foreach (KeyValuePair<string, string> entry in map)
            {
                WriteVarint(tag);
                WriteVarint((uint)WireSize.Entry(entry));
                WriteVarint(10);
                WriteString(entry.Key);
                WriteVarint(18);
                WriteString(entry.Value);
            }
        }

        /// <summary>Writes fields that were kept as they came.</summary>
        public void WriteRaw(UnknownFields? fields)
        {
            if (fields != null)
            {
                fields.Bytes.CopyTo(Room(fields.Length));
            }
        }

        private Span<byte> Room(int count)
        {
            if (count > _target.Length - Position)
            {
                throw WireErrors.Invalid("the message changed while it was written");
            }
            Span<byte> room = _target.Slice(Position, count);
            Position += count;
            return room;
        }
    }
}
