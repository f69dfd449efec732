#nullable enable
using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Rpc
{
    /// <summary>How long work that spans several calls waits for a server that is away. One that has never answered is
    /// given up sooner, so that a wrong address is told at once.</summary>
    internal sealed class Patience
    {
        private static readonly TimeSpan FirstContact = TimeSpan.FromSeconds(3);
        private readonly TimeSpan _patience;
        private readonly RetryPolicy _retry;
        private readonly Stopwatch _away = Stopwatch.StartNew();
        private bool _met;
        private int _failures;

        public Patience(TimeSpan patience, RetryPolicy retry)
        {
            _patience = patience;
            _retry = retry;
        }

        /// <summary>The server has answered.</summary>
        /// <param name="further">Whether that brought the work further; otherwise the time without progress goes
        /// on.</param>
        public void Met(bool further = true)
        {
            _met = true;
            if (!further)
            {
                return;
            }
            _failures = 0;
            _away.Restart();
        }

        /// <summary>Waits before another try; throws <paramref name="error"/> when patience is at its end.</summary>
        public Task WaitAsync(ShowfloorException error, CancellationToken cancellationToken)
        {
            TimeSpan limit = _met || _patience < FirstContact ? _patience : FirstContact;
            TimeSpan delay = _retry.Delay(++_failures, error);
            if (_away.Elapsed + delay > limit)
            {
                throw error;
            }
            return _retry.Wait(delay, cancellationToken);
        }
    }
}
