#nullable enable

namespace Showfloor.Wire
{
    /// <summary>A protobuf message that reads and writes its own bytes.</summary>
    public interface IMessage
    {
        /// <summary>Bytes that <see cref="WriteTo"/> will write.</summary>
        /// <exception cref="System.OverflowException">The message has more than 2 GiB.</exception>
        int CalculateSize();

        /// <summary>Writes the message without a length before it.</summary>
        void WriteTo(ref WireWriter writer);

        /// <summary>Reads fields until the end of the reader and merges them in, as proto3 says.</summary>
        /// <exception cref="ShowfloorException">The bytes are not such a message.</exception>
        void MergeFrom(ref WireReader reader);
    }
}
