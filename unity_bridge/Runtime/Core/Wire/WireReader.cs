#nullable enable
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace Showfloor.Wire
{
    /// <summary>Reads the protobuf wire format. Every mistake in the bytes is a <see cref="ShowfloorException"/> with the
    /// code MESSAGE_INVALID; no length is believed before the bytes are there.</summary>
    public ref struct WireReader
    {
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);
        private readonly ReadOnlyMemory<byte> _data;
        private readonly ReadOnlySpan<byte> _span;
        private readonly bool _share;
        private int _position;
        private int _end;
        private int _depth;
        private int _fieldStart;

        /// <summary>A reader of <paramref name="data"/>; see <see cref="Proto.Parse{T}"/> for
        /// <paramref name="share"/>.</summary>
        public WireReader(ReadOnlyMemory<byte> data, bool share)
        {
            _data = data;
            _span = data.Span;
            _share = share;
            _position = 0;
            _end = data.Length;
            _depth = 0;
            _fieldStart = 0;
        }

        /// <summary>Whether the message, or the packed list that was entered, is read to its end.</summary>
        public bool AtEnd => _position >= _end;

        /// <summary>Reads the tag of the next field; false at the end of the message.</summary>
        public bool Next(out uint tag)
        {
            _fieldStart = _position;
            if (_position >= _end)
            {
                tag = 0;
                return false;
            }
            tag = ReadTag();
            return true;
        }

        /// <summary>Reads an <c>int32</c> or an enum.</summary>
        public int ReadInt32() => unchecked((int)ReadVarint());

        /// <summary>Reads an <c>int64</c>.</summary>
        public long ReadInt64() => unchecked((long)ReadVarint());

        /// <summary>Reads a <c>uint32</c>.</summary>
        public uint ReadUInt32() => unchecked((uint)ReadVarint());

        /// <summary>Reads a <c>uint64</c>.</summary>
        public ulong ReadUInt64() => ReadVarint();

        /// <summary>Reads a <c>bool</c>.</summary>
        public bool ReadBool() => ReadVarint() != 0;

        /// <summary>Reads a <c>double</c>.</summary>
        public double ReadDouble() =>
            BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(Take(8)));

        /// <summary>Reads a <c>float</c>.</summary>
        public float ReadFloat() =>
            BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(Take(4)));

        /// <summary>Reads a <c>string</c>, which must be UTF-8.</summary>
        public string ReadString()
        {
            ReadOnlySpan<byte> bytes = Take(ReadLength());
            try
            {
                return bytes.IsEmpty ? "" : Utf8.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                throw WireErrors.Invalid("a text is not UTF-8");
            }
        }

        /// <summary>Reads <c>bytes</c>.</summary>
        public ReadOnlyMemory<byte> ReadBytes()
        {
            int length = ReadLength();
            int start = _position;
            Take(length);
            if (length == 0)
            {
                return default;
            }
            ReadOnlyMemory<byte> bytes = _data.Slice(start, length);
            return _share ? bytes : bytes.ToArray();
        }

        /// <summary>Reads a message into <paramref name="message"/> and returns it.</summary>
        public T ReadMessage<T>(T message)
            where T : class, IMessage
        {
            int outer = Enter();
            Deeper();
            message.MergeFrom(ref this);
            _depth--;
            Leave(outer);
            return message;
        }

        /// <summary>Reads one entry of a map of texts; the last of a key counts.</summary>
        public void ReadMapEntry(Dictionary<string, string> map)
        {
            string key = "";
            string value = "";
            int outer = Enter();
            while (_position < _end)
            {
                uint tag = ReadTag();
                switch (tag)
                {
                    case 10:
                        key = ReadString();
                        break;
                    case 18:
                        value = ReadString();
                        break;
                    default:
                        Skip(tag);
                        break;
                }
            }
            Leave(outer);
            map[key] = value;
        }

        /// <summary>Reads a length and makes its end the end; returns what <see cref="Leave"/> needs.</summary>
        public int Enter()
        {
            int length = ReadLength();
            int outer = _end;
            _end = _position + length;
            return outer;
        }

        /// <summary>Goes back to the message around.</summary>
        public void Leave(int outer)
        {
            if (_position != _end)
            {
                throw WireErrors.Invalid("a field ends beyond the message that it belongs to");
            }
            _end = outer;
        }

        /// <summary>Skips the field whose tag was read and appends its bytes, the tag included, to
        /// <paramref name="kept"/>: unknown fields are kept, as proto3 says.</summary>
        public UnknownFields Keep(UnknownFields? kept, uint tag)
        {
            int start = _fieldStart;
            Skip(tag);
            kept ??= new UnknownFields();
            kept.Add(_span.Slice(start, _position - start));
            return kept;
        }

        private void Skip(uint tag)
        {
            switch (tag & 7)
            {
                case 0:
                    ReadVarint();
                    break;
                case 1:
                    Take(8);
                    break;
                case 2:
                    Take(ReadLength());
                    break;
                case 3:
                    SkipGroup(tag >> 3);
                    break;
                case 5:
                    Take(4);
                    break;
                default:
                    throw WireErrors.Invalid("a field has the wire type " + (tag & 7));
            }
        }

        private void SkipGroup(uint number)
        {
            Deeper();
            while (true)
            {
                uint tag = ReadTag();
                if ((tag & 7) == 4)
                {
                    if (tag >> 3 != number)
                    {
                        throw WireErrors.Invalid("a group ends that did not begin");
                    }
                    _depth--;
                    return;
                }
                Skip(tag);
            }
        }

        private void Deeper()
        {
            if (++_depth > Proto.MaxDepth)
            {
                throw WireErrors.Invalid("messages lie more than " + Proto.MaxDepth + " deep in each other");
            }
        }

        private uint ReadTag()
        {
            ulong tag = ReadVarint();
            if (tag > uint.MaxValue || tag >> 3 == 0)
            {
                throw WireErrors.Invalid("a field has no valid number");
            }
            return (uint)tag;
        }

        private int ReadLength()
        {
            ulong length = ReadVarint();
            if (length > (ulong)(_end - _position))
            {
                throw WireErrors.Invalid(length + " bytes are announced and " + (_end - _position) + " are left");
            }
            return (int)length;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _end - _position)
            {
                throw WireErrors.Invalid("it ends in the middle of a field");
            }
            ReadOnlySpan<byte> bytes = _span.Slice(_position, count);
            _position += count;
            return bytes;
        }

        private ulong ReadVarint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 70; shift += 7)
            {
                if (_position >= _end)
                {
                    throw WireErrors.Invalid("it ends in the middle of a number");
                }
                byte next = _span[_position++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
            throw WireErrors.Invalid("a number has more than 10 bytes");
        }
    }
}
