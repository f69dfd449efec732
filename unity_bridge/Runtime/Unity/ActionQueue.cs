#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Unity
{
    /// <summary>What the assistant asks of a scene, one after the other: a turn waits until the product is there. What shows
    /// other products ends the loading before it. Use it on the main thread.</summary>
    public sealed class ActionQueue
    {
        private Task _last = Task.CompletedTask;
        private CancellationTokenSource? _loading;

        /// <summary>Does something after all that was asked for before.</summary>
        /// <param name="takesOver">Whether it shows other products, and so ends what is loading.</param>
        /// <param name="act">Does it; its token is cancelled by what takes over later.</param>
        /// <param name="cancellationToken">Ends it.</param>
        /// <exception cref="OperationCanceledException">Something later took over.</exception>
        public Task RunAsync(bool takesOver, Func<CancellationToken, Task> act, CancellationToken cancellationToken)
        {
            CancellationToken token = cancellationToken;
            if (takesOver)
            {
                _loading?.Cancel();
                _loading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                token = _loading.Token;
            }
            _last = AfterAsync(_last, act, token);
            return _last;
        }

        private static async Task AfterAsync(Task before, Func<CancellationToken, Task> act, CancellationToken token)
        {
            try
            {
                await before;
            }
            catch
            {
                // Whoever asked for that one was told.
            }
            token.ThrowIfCancellationRequested();
            await act(token);
        }
    }
}
