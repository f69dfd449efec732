#nullable enable
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Unity.Http
{
    /// <summary>Bytes from one thread to another: the main thread adds, a reader takes. What is added is copied.</summary>
    internal sealed class BodyQueue : IDisposable
    {
        private readonly object _lock = new object();
        private readonly Queue<ArraySegment<byte>> _parts = new Queue<ArraySegment<byte>>();
        private int _headOffset;
        private readonly long _limit;
        private TaskCompletionSource<bool>? _waiter;
        private Exception? _error;
        private long _buffered;
        private bool _ended;
        private bool _disposed;

        public BodyQueue(long limit) => _limit = limit;

        /// <summary>Copies bytes in; false when more than the limit would wait, or nobody reads any more.</summary>
        public bool TryAdd(byte[] data, int count)
        {
            TaskCompletionSource<bool>? waiter;
            lock (_lock)
            {
                if (_disposed || _ended || _buffered + count > _limit)
                {
                    return false;
                }
                if (count == 0)
                {
                    return true;
                }
                byte[] copy = ArrayPool<byte>.Shared.Rent(count);
                Buffer.BlockCopy(data, 0, copy, 0, count);
                _parts.Enqueue(new ArraySegment<byte>(copy, 0, count));
                _buffered += count;
                waiter = Take();
            }
            waiter?.TrySetResult(true);
            return true;
        }

        /// <summary>No more bytes will come. <paramref name="error"/> is thrown once what is there was read.</summary>
        public void End(Exception? error)
        {
            TaskCompletionSource<bool>? waiter;
            lock (_lock)
            {
                if (_ended)
                {
                    return;
                }
                _ended = true;
                _error = error;
                waiter = Take();
            }
            waiter?.TrySetResult(true);
        }

        /// <summary>At least one byte; 0 at the end.</summary>
        public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task wait;
                lock (_lock)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (_disposed)
                    {
                        throw new ObjectDisposedException(nameof(BodyQueue));
                    }
                    if (_parts.Count > 0)
                    {
                        return CopyOut(target);
                    }
                    if (_ended)
                    {
                        return _error is null ? 0 : throw _error;
                    }
                    _waiter ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                    wait = _waiter.Task;
                }
                if (!cancellationToken.CanBeCanceled)
                {
                    await wait.ConfigureAwait(false);
                    continue;
                }
                var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                using (cancellationToken.Register(() => cancelled.TrySetResult(true)))
                {
                    await Task.WhenAny(wait, cancelled.Task).ConfigureAwait(false);
                }
            }
        }

        /// <summary>Gives the buffers back; a waiting reader gets an <see cref="ObjectDisposedException"/>.</summary>
        public void Dispose()
        {
            TaskCompletionSource<bool>? waiter;
            lock (_lock)
            {
                _disposed = true;
                while (_parts.Count > 0)
                {
                    ArrayPool<byte>.Shared.Return(_parts.Dequeue().Array!);
                }
                _buffered = 0;
                waiter = Take();
            }
            waiter?.TrySetResult(true);
        }

        private int CopyOut(Memory<byte> target)
        {
            int copied = 0;
            while (_parts.Count > 0 && copied < target.Length)
            {
                ArraySegment<byte> part = _parts.Peek();
                int count = Math.Min(part.Count - _headOffset, target.Length - copied);
                part.AsSpan(_headOffset, count).CopyTo(target.Span.Slice(copied));
                copied += count;
                _headOffset += count;
                if (_headOffset == part.Count)
                {
                    _headOffset = 0;
                    _parts.Dequeue();
                    ArrayPool<byte>.Shared.Return(part.Array!);
                }
            }
            _buffered -= copied;
            return copied;
        }

        private TaskCompletionSource<bool>? Take()
        {
            TaskCompletionSource<bool>? waiter = _waiter;
            _waiter = null;
            return waiter;
        }
    }
}
