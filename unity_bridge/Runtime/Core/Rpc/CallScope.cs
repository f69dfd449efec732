#nullable enable
using System;
using System.Diagnostics;
using System.Threading;

namespace Showfloor.Rpc
{
    /// <summary>What may end a call early: the caller's token, the closing of the channel, the deadline, and silence.
    /// One token for all, and the reason afterwards.</summary>
    internal sealed class CallScope : IDisposable
    {
        private static readonly TimeSpan Longest = TimeSpan.FromDays(20); // what timers can count
        private readonly CancellationToken _caller;
        private readonly CancellationToken _closing;
        private readonly CancellationTokenSource _source;
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly TimeSpan? _deadline;
        private readonly TimeSpan? _idle;
        private bool _waiting;

        public CallScope(CancellationToken caller, CancellationToken closing, TimeSpan? deadline, TimeSpan? idle)
        {
            _caller = caller;
            _closing = closing;
            _deadline = deadline == Timeout.InfiniteTimeSpan ? null : deadline;
            _idle = idle == Timeout.InfiniteTimeSpan ? null : idle;
            _source = CancellationTokenSource.CreateLinkedTokenSource(caller, closing);
            Arm(null);
        }

        public CancellationToken Token => _source.Token;

        /// <summary>Time that is left; null without a deadline.</summary>
        public TimeSpan? Left => _deadline - _clock.Elapsed;

        /// <summary>Silence counts from now on.</summary>
        public void BeginWait()
        {
            if (_idle != null)
            {
                _waiting = true;
                Arm(_idle);
            }
        }

        /// <summary>Silence does not count: the caller works.</summary>
        public void EndWait()
        {
            if (_idle != null)
            {
                Arm(null);
                _waiting = _source.IsCancellationRequested;
            }
        }

        /// <summary>The reason why the token was cancelled.</summary>
        public Exception Reason()
        {
            if (_caller.IsCancellationRequested)
            {
                return new OperationCanceledException(_caller);
            }
            if (_closing.IsCancellationRequested)
            {
                return RpcErrors.Closed();
            }
            bool late = Left is TimeSpan left && left <= TimeSpan.FromMilliseconds(20);
            return _waiting && !late && _idle is TimeSpan idle
                ? RpcErrors.Silent(idle)
                : RpcErrors.Deadline(_deadline ?? TimeSpan.Zero);
        }

        public void Dispose() => _source.Dispose();

        private void Arm(TimeSpan? wait)
        {
            TimeSpan? left = Left;
            if (left is TimeSpan time && (wait is null || time < wait))
            {
                wait = time > TimeSpan.Zero ? time : TimeSpan.Zero;
            }
            _source.CancelAfter(wait is TimeSpan due && due < Longest ? due : Timeout.InfiniteTimeSpan);
        }
    }
}
