#nullable enable
using System;
using System.Collections.Generic;

namespace Showfloor.Rpc
{
    /// <summary>How one call is made. What is not set is taken from the channel.</summary>
    public sealed class CallOptions
    {
        /// <summary>Time for the whole call, retries included. Default: the channel's for a unary call, none for a
        /// stream.</summary>
        public TimeSpan? Deadline { get; set; }

        /// <summary>Longest time without a message of a stream, after which the connection counts as lost. Default:
        /// none.</summary>
        public TimeSpan? IdleTimeout { get; set; }

        /// <summary>Retries of this call. Default: the channel's.</summary>
        public RetryPolicy? Retry { get; set; }

        /// <summary>Further metadata; names in lower case, values in visible ASCII.</summary>
        public IReadOnlyList<KeyValuePair<string, string>>? Metadata { get; set; }

        /// <summary>True: <c>bytes</c> in the messages of a stream refer to a shared buffer and are valid only until
        /// the next message is asked for. Spares a copy. Default: false.</summary>
        public bool ShareBytes { get; set; }
    }
}
