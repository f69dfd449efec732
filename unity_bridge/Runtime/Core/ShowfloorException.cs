#nullable enable
using System;

namespace Showfloor
{
    /// <summary>Every failure that Showfloor tells of: a stable code, what was wrong, and what to do about it.
    /// Cancelling by the caller's own token is an <see cref="OperationCanceledException"/> instead.</summary>
    public sealed class ShowfloorException : Exception
    {
        /// <summary>A failure.</summary>
        /// <param name="status">gRPC status.</param>
        /// <param name="code">Stable upper-case identifier, as listed in docs/errors.md and Documentation~/core.md.</param>
        /// <param name="message">What was wrong, with the value and the limit.</param>
        /// <param name="fix">What to do about it.</param>
        /// <param name="inner">What caused it.</param>
        public ShowfloorException(RpcStatus status, string code, string message, string fix, Exception? inner = null)
            : base(message, inner)
        {
            Status = status;
            Code = code;
            Fix = fix;
        }

        /// <summary>gRPC status.</summary>
        public RpcStatus Status { get; }

        /// <summary>Stable upper-case identifier: "TOO_FEW_PHOTOS".</summary>
        public string Code { get; }

        /// <summary>What to do about it.</summary>
        public string Fix { get; }

        /// <summary>When the server would like to be asked again, if it said so.</summary>
        public TimeSpan? RetryAfter { get; internal set; }

        /// <summary>Id of the request in the server's log; empty where no server answered.</summary>
        public string RequestId { get; internal set; } = "";

        /// <summary>Whether the same call may succeed later without a change.</summary>
        public bool Transient => Status == RpcStatus.Unavailable;

        /// <summary>Code, message, fix and stack trace.</summary>
        public override string ToString() => Code + ": " + Message + " " + Fix + Environment.NewLine + base.ToString();
    }
}
