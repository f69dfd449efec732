#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;

namespace Showfloor.Unity.Http
{
    /// <summary>A transport on UnityWebRequest: uses the network stack, proxy and certificates of the device. Requests may
    /// be made from any thread; Unity is spoken to on the main thread alone.</summary>
    public sealed class UnityWebRequestTransport : IHttpTransport
    {
        /// <summary>Bytes of one response that may wait for their reader, by default.</summary>
        public const long DefaultBufferLimit = 64L * 1024 * 1024;

        private readonly SynchronizationContext _main;
        private readonly IReadOnlyList<string> _pins;
        private readonly long _bufferLimit;
        private readonly object _lock = new object();
        private readonly HashSet<UnityExchange> _open = new HashSet<UnityExchange>();
        private readonly HashSet<UnityExchange> _held = new HashSet<UnityExchange>();
        private bool _disposed;

        /// <summary>A transport; to be made on the main thread.</summary>
        /// <param name="pinnedCertificates">SHA-256 of certificates to trust instead of what the system trusts.</param>
        /// <param name="bufferLimit">Bytes of one response that may wait for their reader before it is given up.</param>
        /// <exception cref="InvalidOperationException">Not on Unity's main thread.</exception>
        public UnityWebRequestTransport(
            IReadOnlyList<string>? pinnedCertificates = null, long bufferLimit = DefaultBufferLimit)
        {
            _main = SynchronizationContext.Current
                ?? throw new InvalidOperationException("Make a UnityWebRequestTransport on the main thread.");
            _pins = pinnedCertificates ?? Array.Empty<string>();
            _bufferLimit = bufferLimit;
            if (_pins.Count > 0)
            {
                new PinnedCertificate(_pins).Dispose();
            }
        }

        /// <summary>Requests that have neither ended nor been given up.</summary>
        public int OpenRequests
        {
            get
            {
                lock (_lock)
                {
                    return _open.Count;
                }
            }
        }

        /// <inheritdoc/>
        public async Task<HttpReply> SendAsync(HttpRequest request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var exchange = new UnityExchange(request, _main, _pins, _bufferLimit, Forget, Freed);
            lock (_lock)
            {
                if (_disposed)
                {
                    throw new ObjectDisposedException(nameof(UnityWebRequestTransport));
                }
                _open.Add(exchange);
                _held.Add(exchange);
            }
            return await exchange.SendAsync(cancellationToken).ConfigureAwait(false);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            UnityExchange[] open;
            lock (_lock)
            {
                _disposed = true;
                open = new UnityExchange[_open.Count];
                _open.CopyTo(open);
            }
            foreach (UnityExchange exchange in open)
            {
                exchange.Dispose();
            }
        }

        /// <summary>Ends every request and frees it at once, where nothing runs on the main thread any more: before a
        /// domain reload and on quit. Main thread.</summary>
        public void ReleaseAll()
        {
            Dispose();
            UnityExchange[] held;
            lock (_lock)
            {
                held = new UnityExchange[_held.Count];
                _held.CopyTo(held);
            }
            foreach (UnityExchange exchange in held)
            {
                exchange.Dispose();
                exchange.Release();
            }
        }

        private void Freed(UnityExchange exchange)
        {
            lock (_lock)
            {
                _held.Remove(exchange);
            }
        }

        private void Forget(UnityExchange exchange)
        {
            lock (_lock)
            {
                _open.Remove(exchange);
            }
        }
    }
}
