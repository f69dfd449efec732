#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;
using UnityEngine;
using UnityEngine.Networking;

namespace Showfloor.Unity.Http
{
    /// <summary>One request and its response. <see cref="UnityWebRequest"/> is touched on the main thread only.</summary>
    internal sealed class UnityExchange : HttpReply
    {
        /// <summary>Header fields that UnityWebRequest sets itself and refuses to be given.</summary>
        private static readonly HashSet<string> Reserved = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "accept-charset", "accept-encoding", "connection", "content-length", "date", "expect", "host", "keep-alive",
            "te", "trailer", "transfer-encoding", "upgrade", "via",
        };

        private readonly HttpRequest _request;
        private readonly byte[] _sent;
        private readonly SynchronizationContext _main;
        private readonly IReadOnlyList<string> _pins;
        private readonly BodyQueue _body;
        private readonly Action<UnityExchange> _over;
        private readonly Action<UnityExchange> _freed;
        private readonly TaskCompletionSource<HttpReply> _header =
            new TaskCompletionSource<HttpReply>(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly Dictionary<string, string> _headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        private CancellationTokenRegistration _cancelled;
        private CancellationToken _token;
        private UnityWebRequest? _web;
        private StreamingDownloadHandler? _handler;
        private int _status;
        private int _closed;

        public UnityExchange(
            HttpRequest request,
            SynchronizationContext main,
            IReadOnlyList<string> pins,
            long bufferLimit,
            Action<UnityExchange> over,
            Action<UnityExchange> freed)
        {
            _request = request;
            _sent = request.Body.ToArray(); // its memory may go back before the main thread begins
            _main = main;
            _pins = pins;
            _body = new BodyQueue(bufferLimit);
            _over = over;
            _freed = freed;
        }

        public override int Status => _status;

        public Task<HttpReply> SendAsync(CancellationToken cancellationToken)
        {
            _token = cancellationToken;
            _cancelled = cancellationToken.Register(Cancel);
            _main.Post(_ => Start(), null);
            return _header.Task;
        }

        public override string? Header(string name) => _headers.TryGetValue(name, out string value) ? value : null;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            try
            {
                return await _body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                _token.ThrowIfCancellationRequested();
                throw HttpErrors.Lost();
            }
        }

        public override void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) != 0)
            {
                return;
            }
            _cancelled.Dispose();
            _body.Dispose();
            _header.TrySetException(HttpErrors.Lost());
            _ = _header.Task.Exception;
            _over(this);
            _main.Post(_ => Release(), null);
        }

        private void Cancel()
        {
            _header.TrySetCanceled(_token);
            Dispose();
        }

        private void Start()
        {
            if (Volatile.Read(ref _closed) != 0)
            {
                return;
            }
            try
            {
                _handler = new StreamingDownloadHandler(_body, HeaderArrived);
                _web = new UnityWebRequest(_request.Address.AbsoluteUri, _request.Method)
                {
                    downloadHandler = _handler,
                    redirectLimit = 0,
                    useHttpContinue = false,
                };
                if (_request.Method == "POST")
                {
                    _web.uploadHandler = new UploadHandlerRaw(_sent) { contentType = _request.ContentType };
                }
                if (_pins.Count > 0)
                {
                    _web.certificateHandler = new PinnedCertificate(_pins);
                }
                foreach (KeyValuePair<string, string> header in _request.Headers)
                {
                    if (!Reserved.Contains(header.Key))
                    {
                        _web.SetRequestHeader(header.Key, header.Value);
                    }
                }
                _web.SendWebRequest().completed += Ended;
            }
            catch (Exception error) when (error is InvalidOperationException || error is ArgumentException)
            {
                Fail(Refused(error));
            }
        }

        private ShowfloorException Refused(Exception error) => new ShowfloorException(
            RpcStatus.InvalidArgument,
            "REQUEST_REFUSED",
            "The request to " + _request.Address.GetLeftPart(UriPartial.Authority) + " is not allowed: " + error.Message,
            "Use https. For development, allow http: Player > Other Settings > Allow downloads over HTTP (Android also needs "
                + "a development build or usesCleartextTraffic).",
            error);

        private void HeaderArrived()
        {
            if (_header.Task.IsCompleted || _web is null || _web.responseCode == 0)
            {
                return;
            }
            _status = (int)_web.responseCode;
            foreach (KeyValuePair<string, string> header in _web.GetResponseHeaders() ?? new Dictionary<string, string>())
            {
                _headers[header.Key] = header.Value;
            }
            _header.TrySetResult(this);
        }

        private void Ended(AsyncOperation operation)
        {
            if (_web is null || Volatile.Read(ref _closed) != 0)
            {
                return;
            }
            HeaderArrived();
            if (_web.result == UnityWebRequest.Result.Success || _web.result == UnityWebRequest.Result.ProtocolError)
            {
                _body.End(null);
                _over(this);
                return;
            }
            string why = _web.error ?? "no reason given";
            if (_handler != null && _handler.Overflowed)
            {
                Fail(new ShowfloorException(
                    RpcStatus.ResourceExhausted,
                    "READER_TOO_SLOW",
                    "More of a response waits in memory than may.",
                    "Read it faster, or give UnityWebRequestTransport a larger bufferLimit."));
            }
            else if (_status != 0)
            {
                Fail(HttpErrors.Lost(new IOException(why)));
            }
            else if (_request.Address.Scheme == "http"
                && (Says(why, "cleartext") || Says(why, "App Transport Security") || Says(why, "insecure connection")))
            {
                Fail(Refused(new IOException(why)));
            }
            else
            {
                Exception cause = Says(why, "SSL") || Says(why, "certificate")
                    ? new AuthenticationException(why)
                    : (Exception)new IOException(why);
                Fail(HttpErrors.Unreachable(_request.Address, cause));
            }
        }

        private static bool Says(string text, string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;

        private void Fail(ShowfloorException error)
        {
            _body.End(error);
            if (_header.TrySetException(error))
            {
                Dispose();
            }
            else
            {
                _over(this);
            }
        }

        /// <summary>Frees the native request. Main thread.</summary>
        public void Release()
        {
            UnityWebRequest? web = _web;
            _web = null;
            if (web != null)
            {
                if (!web.isDone)
                {
                    web.Abort();
                }
                web.Dispose();
            }
            _freed(this);
        }
    }
}
