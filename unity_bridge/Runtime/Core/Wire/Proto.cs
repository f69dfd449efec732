#nullable enable
using System;

namespace Showfloor.Wire
{
    /// <summary>Messages to bytes and back.</summary>
    public static class Proto
    {
        /// <summary>How deep messages and groups may lie in each other.</summary>
        public const int MaxDepth = 100;

        /// <summary>The message that <paramref name="data"/> holds.</summary>
        /// <param name="data">The serialised message.</param>
        /// <param name="share">True: <c>bytes</c> fields refer to <paramref name="data"/>, which must then stay as it
        /// is. False: they are copies.</param>
        /// <exception cref="ShowfloorException">MESSAGE_INVALID.</exception>
        public static T Parse<T>(ReadOnlyMemory<byte> data, bool share = false)
            where T : class, IMessage, new()
        {
            var message = new T();
            var reader = new WireReader(data, share);
            message.MergeFrom(ref reader);
            return message;
        }

        /// <summary>The bytes of <paramref name="message"/>.</summary>
        /// <exception cref="ShowfloorException">MESSAGE_TOO_LARGE or MESSAGE_INVALID.</exception>
        public static byte[] Serialize(IMessage message)
        {
            var data = new byte[Size(message)];
            Write(message, data);
            return data;
        }

        /// <summary>Bytes that <paramref name="message"/> takes.</summary>
        /// <exception cref="ShowfloorException">MESSAGE_TOO_LARGE.</exception>
        public static int Size(IMessage message)
        {
            if (message is null)
            {
                throw new ArgumentNullException(nameof(message));
            }
            try
            {
                return message.CalculateSize();
            }
            catch (OverflowException)
            {
                throw WireErrors.TooLarge("it has more than 2 GiB");
            }
        }

        /// <summary>Writes <paramref name="message"/> into exactly <paramref name="target"/>.</summary>
        /// <exception cref="ShowfloorException">MESSAGE_INVALID: the message changed since it was measured, or a text
        /// is not valid Unicode.</exception>
        public static void Write(IMessage message, Span<byte> target)
        {
            var writer = new WireWriter(target);
            message.WriteTo(ref writer);
            if (writer.Position != target.Length)
            {
                throw WireErrors.Invalid("the message changed while it was written");
            }
        }
    }
}
