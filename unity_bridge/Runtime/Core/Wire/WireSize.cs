#nullable enable
using System;
using System.Collections.Generic;
using System.Text;

namespace Showfloor.Wire
{
    /// <summary>Bytes that values take in the protobuf wire format, their lengths included, their tags not.</summary>
    public static class WireSize
    {
        /// <summary>Size of a varint.</summary>
        public static int UInt64(ulong value)
        {
            int size = 1;
            while (value > 0x7f)
            {
                value >>= 7;
                size++;
            }
            return size;
        }

        /// <summary>Size of a <c>uint32</c>.</summary>
        public static int UInt32(uint value) => UInt64(value);

        /// <summary>Size of an <c>int32</c> or an enum.</summary>
        public static int Int32(int value) => UInt64(unchecked((ulong)value));

        /// <summary>Size of an <c>int64</c>.</summary>
        public static int Int64(long value) => UInt64(unchecked((ulong)value));

        /// <summary>Size of a <c>bool</c>.</summary>
        public static int Bool(bool value) => 1;

        /// <summary>Size of a <c>double</c>.</summary>
        public static int Double(double value) => 8;

        /// <summary>Size of a <c>float</c>.</summary>
        public static int Float(float value) => 4;

        /// <summary>Size of a <c>string</c>.</summary>
        public static int String(string value) => Length(Utf8Length(value));

        /// <summary>Size of <c>bytes</c>.</summary>
        public static int Bytes(ReadOnlyMemory<byte> value) => Length(value.Length);

        /// <summary>Size of a message.</summary>
        public static int Message(IMessage value) => Length(value.CalculateSize());

        /// <summary><paramref name="bytes"/> and the length before them.</summary>
        public static int Length(int bytes) => checked(UInt64((uint)bytes) + bytes);

        /// <summary>Size of all entries of a map of texts, each with a tag of <paramref name="tagSize"/> bytes.</summary>
        public static int Map(Dictionary<string, string> map, int tagSize)
        {
            int size = 0;
            foreach (KeyValuePair<string, string> entry in map)
            {
                size = checked(size + tagSize + Length(Entry(entry)));
            }
            return size;
        }

        internal static int Entry(KeyValuePair<string, string> entry) =>
            checked(2 + String(entry.Key) + String(entry.Value));

        internal static int Utf8Length(string value)
        {
            try
            {
                return WireWriter.Utf8.GetByteCount(value);
            }
            catch (EncoderFallbackException)
            {
                throw WireErrors.Invalid("a text holds half of a surrogate pair");
            }
        }
    }
}
