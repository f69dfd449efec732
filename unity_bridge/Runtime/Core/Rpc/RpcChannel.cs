#nullable enable
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;
using Showfloor.Wire;

namespace Showfloor.Rpc
{
    /// <summary>The way to one server: gRPC-Web over an <see cref="IHttpTransport"/>. All methods may be called from any
    /// thread and at the same time; what they return continues on any thread.</summary>
    public sealed class RpcChannel : IDisposable
    {
        private readonly ChannelOptions _options;
        private readonly IHttpTransport _transport;
        private readonly CancellationTokenSource _closing = new CancellationTokenSource();
        private readonly Lazy<TaskCompletionSource<bool>> _quiet =
            new Lazy<TaskCompletionSource<bool>>(() => new TaskCompletionSource<bool>(
                TaskCreationOptions.RunContinuationsAsynchronously));

        private int _active;

        /// <summary>A channel; nothing is sent before the first call.</summary>
        /// <exception cref="ShowfloorException">ADDRESS_INVALID, API_KEY_INVALID.</exception>
        public RpcChannel(ChannelOptions options)
        {
            RequestBuilder.Check(options);
            _options = options;
            _transport = options.Transport ?? new HttpClientTransport();
        }

        /// <summary>Address of the server's web port.</summary>
        public Uri Address => _options.Address;

        /// <summary>Calls that have not ended.</summary>
        public int ActiveCalls => Volatile.Read(ref _active);

        /// <summary>Whether it was closed; a closed channel stays closed.</summary>
        public bool IsClosed => _closing.IsCancellationRequested;

        /// <summary>Makes a unary call.</summary>
        /// <exception cref="ShowfloorException">The call failed.</exception>
        /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
        public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            TRequest request,
            CallOptions? options = null,
            CancellationToken cancellationToken = default)
            where TRequest : class, IMessage
            where TResponse : class, IMessage, new()
        {
            TimeSpan deadline = options?.Deadline ?? _options.Deadline;
            using (var body = new RequestBody(request))
            using (CallScope scope = Enter(cancellationToken, deadline, null))
            {
                try
                {
                    RetryPolicy retry = method.MayRepeat(request) ? Retry(options) : RetryPolicy.None;
                    for (int failures = 0; ;)
                    {
                        try
                        {
                            return await OnceAsync(method, body, options, scope).ConfigureAwait(false);
                        }
                        catch (ShowfloorException error) when (error.Transient && ++failures < retry.MaxAttempts)
                        {
                            await WaitAsync(retry.Delay(failures, error), retry, scope, error).ConfigureAwait(false);
                        }
                    }
                }
                catch (Exception error) when (IsCancel(error, scope))
                {
                    throw scope.Reason();
                }
                finally
                {
                    Leave();
                }
            }
        }

        /// <summary>Makes a call that answers a stream. The stream ends when the enumerator is disposed of, which a
        /// <c>foreach</c> that is left does. A call that may be repeated is made again as long as no message has
        /// come.</summary>
        /// <exception cref="ShowfloorException">The call failed, or the connection was lost.</exception>
        /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
        public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            TRequest request,
            CallOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
            where TRequest : class, IMessage
            where TResponse : class, IMessage, new()
        {
            bool share = options?.ShareBytes ?? false;
            RetryPolicy retry = method.MayRepeat(request) ? Retry(options) : RetryPolicy.None;
            using (var body = new RequestBody(request))
            using (CallScope scope = Enter(cancellationToken, options?.Deadline, options?.IdleTimeout))
            {
                RpcCall? call = null;
                try
                {
                    for (int failures = 0; call is null;)
                    {
                        ShowfloorException lost;
                        try
                        {
                            call = await FirstAsync(method.Path, body, options, scope).ConfigureAwait(false);
                            continue;
                        }
                        catch (ShowfloorException error) when (error.Transient && ++failures < retry.MaxAttempts)
                        {
                            lost = error;
                        }
                        catch (Exception error) when (IsCancel(error, scope))
                        {
                            throw scope.Reason();
                        }
                        await WaitAsync(retry.Delay(failures, lost), retry, scope, lost).ConfigureAwait(false);
                    }
                    while (call.HasMessage)
                    {
                        yield return Proto.Parse<TResponse>(call.Message, share);
                        try
                        {
                            await call.NextAsync(scope).ConfigureAwait(false);
                        }
                        catch (Exception error) when (IsCancel(error, scope))
                        {
                            throw scope.Reason();
                        }
                    }
                }
                finally
                {
                    call?.Dispose();
                    Leave();
                }
            }
        }

        /// <summary>Fetches a file of the web port, such as <c>Asset.ThumbnailPath</c>.</summary>
        /// <param name="path">"/files/…".</param>
        /// <param name="maxBytes">More is refused.</param>
        /// <param name="cancellationToken">Ends it.</param>
        /// <exception cref="ShowfloorException">It could not be fetched.</exception>
        public async Task<byte[]> GetFileAsync(
            string path, int maxBytes = 64 * 1024 * 1024, CancellationToken cancellationToken = default)
        {
            HttpRequest request = RequestBuilder.Get(_options, path);
            using (CallScope scope = Enter(cancellationToken, _options.Deadline, null))
            {
                try
                {
                    using (HttpReply reply = await SendAsync(request, scope).ConfigureAwait(false))
                    {
                        string server = Address.GetLeftPart(UriPartial.Authority);
                        return await FileBody.ReadAsync(reply, server, path, maxBytes, scope.Token).ConfigureAwait(false);
                    }
                }
                catch (Exception error) when (IsCancel(error, scope))
                {
                    throw scope.Reason();
                }
                finally
                {
                    Leave();
                }
            }
        }

        /// <summary>Ends every call with CHANNEL_CLOSED and waits until they have ended.</summary>
        /// <param name="wait">How long to wait at most.</param>
        /// <returns>Whether all calls had ended in time.</returns>
        public async Task<bool> CloseAsync(TimeSpan wait)
        {
            _closing.Cancel();
            if (ActiveCalls > 0)
            {
                Task<bool> quiet = _quiet.Value.Task;
                if (ActiveCalls > 0)
                {
                    await Task.WhenAny(quiet, Task.Delay(wait)).ConfigureAwait(false);
                }
            }
            _transport.Dispose();
            return ActiveCalls == 0;
        }

        /// <summary>Ends every call with CHANNEL_CLOSED, and does not wait.</summary>
        public void Dispose()
        {
            _closing.Cancel();
            _transport.Dispose();
        }

        private static bool IsCancel(Exception error, CallScope scope) =>
            scope.Token.IsCancellationRequested
            && (error is OperationCanceledException || (error is ShowfloorException known && known.Transient));

        private static async Task WaitAsync(
            TimeSpan delay, RetryPolicy retry, CallScope scope, ShowfloorException error)
        {
            if (scope.Left is TimeSpan left && left <= delay)
            {
                throw error;
            }
            try
            {
                await retry.Wait(delay, scope.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw scope.Reason();
            }
        }

        private RetryPolicy Retry(CallOptions? options) => options?.Retry ?? _options.Retry;

        private async Task<TResponse> OnceAsync<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method, RequestBody body, CallOptions? options, CallScope scope)
            where TRequest : class, IMessage
            where TResponse : class, IMessage, new()
        {
            using (RpcCall call = await FirstAsync(method.Path, body, options, scope).ConfigureAwait(false))
            {
                if (!call.HasMessage)
                {
                    throw RpcErrors.NoMessage();
                }
                var response = Proto.Parse<TResponse>(call.Message);
                await call.NextAsync(scope).ConfigureAwait(false);
                if (call.HasMessage)
                {
                    throw RpcErrors.Protocol("a unary call has two messages");
                }
                return response;
            }
        }

        private async Task<RpcCall> FirstAsync(string path, RequestBody body, CallOptions? options, CallScope scope)
        {
            HttpRequest request = RequestBuilder.Post(_options, path, body.Frame, options, scope.Left);
            HttpReply reply = await SendAsync(request, scope).ConfigureAwait(false);
            var call = new RpcCall(reply, Address, _options.MaxMessageBytes);
            try
            {
                await call.NextAsync(scope).ConfigureAwait(false);
                return call;
            }
            catch
            {
                call.Dispose();
                throw;
            }
        }

        private async Task<HttpReply> SendAsync(HttpRequest request, CallScope scope)
        {
            scope.BeginWait();
            try
            {
                return await _transport.SendAsync(request, scope.Token).ConfigureAwait(false);
            }
            catch (ObjectDisposedException) when (_closing.IsCancellationRequested)
            {
                throw RpcErrors.Closed();
            }
            finally
            {
                scope.EndWait();
            }
        }

        private CallScope Enter(CancellationToken caller, TimeSpan? deadline, TimeSpan? idle)
        {
            if (_closing.IsCancellationRequested)
            {
                throw RpcErrors.Closed();
            }
            var scope = new CallScope(caller, _closing.Token, deadline, idle);
            Interlocked.Increment(ref _active);
            return scope;
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref _active) == 0 && _closing.IsCancellationRequested)
            {
                _quiet.Value.TrySetResult(true);
            }
        }
    }
}
