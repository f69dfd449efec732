#nullable enable
using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Http
{
    /// <summary>A transport on <see cref="HttpClient"/>: for the editor, desktop players and servers. It keeps to what
    /// Unity's own class library has of it.</summary>
    public sealed class HttpClientTransport : IHttpTransport
    {
        private const int MaxConnections = 256;
        private readonly HttpClient _client;
        private string _widened = "";

        /// <summary>A transport that trusts what the system trusts.</summary>
        public HttpClientTransport()
            : this(new HttpClientHandler())
        {
        }

        /// <summary>A transport that trusts exactly the certificates in <paramref name="caPem"/>, for a server with a
        /// certificate of your own.</summary>
        /// <exception cref="ShowfloorException">CA_INVALID.</exception>
        public HttpClientTransport(string caPem)
            : this(new HttpClientHandler { ServerCertificateCustomValidationCallback = new CustomCa(caPem).Accepts })
        {
        }

        /// <summary>A transport on a handler of your own, which is disposed of with it.</summary>
        public HttpClientTransport(HttpMessageHandler handler)
        {
            if (handler is HttpClientHandler own)
            {
                own.UseCookies = false;
                own.AllowAutoRedirect = false;
            }
            _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        }

        /// <inheritdoc/>
        public async Task<HttpReply> SendAsync(HttpRequest request, CancellationToken cancellationToken)
        {
            Widen(request.Address);
            using (var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Address))
            {
                foreach (var header in request.Headers)
                {
                    message.Headers.TryAddWithoutValidation(header.Key, header.Value);
                }
                if (request.Method == "POST")
                {
                    message.Content = Content(request);
                }
                HttpResponseMessage response;
                try
                {
                    response = await _client
                        .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                        .ConfigureAwait(false);
                }
                catch (Exception error) when (IsNetwork(error))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    throw HttpErrors.Unreachable(request.Address, error);
                }
                try
                {
                    Stream body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
                    return new Reply(response, body);
                }
                catch
                {
                    response.Dispose();
                    throw;
                }
            }
        }

        /// <inheritdoc/>
        public void Dispose() => _client.Dispose();

        /// <summary>Unity's class library opens two connections to a server at most, so two streams would block every other
        /// call; and its handler has no limit of its own to raise (the property throws).</summary>
        private void Widen(Uri address)
        {
            string server = address.GetLeftPart(UriPartial.Authority);
            if (_widened != server)
            {
                ServicePointManager.FindServicePoint(address).ConnectionLimit = MaxConnections;
                _widened = server;
            }
        }

        private static HttpContent Content(HttpRequest request)
        {
            HttpContent content = MemoryMarshal.TryGetArray(request.Body, out ArraySegment<byte> segment)
                ? new ByteArrayContent(segment.Array!, segment.Offset, segment.Count)
                : new ByteArrayContent(request.Body.ToArray());
            content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
            return content;
        }

        private static bool IsNetwork(Exception error) =>
            error is HttpRequestException || error is IOException || error is ObjectDisposedException
            || error is OperationCanceledException || error is System.Net.Sockets.SocketException || error is WebException;

        private sealed class Reply : HttpReply
        {
            private readonly HttpResponseMessage _response;
            private readonly Stream _body;

            public Reply(HttpResponseMessage response, Stream body)
            {
                _response = response;
                _body = body;
            }

            public override int Status => (int)_response.StatusCode;

            public override string? Header(string name)
            {
                if (_response.Headers.TryGetValues(name, out var values)
                    || _response.Content.Headers.TryGetValues(name, out values))
                {
                    return string.Join(", ", values);
                }
                return null;
            }

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
            {
                try
                {
                    // Unity's class library does not end a read that waits for the network; closing the body does.
                    using (cancellationToken.Register(body => ((Stream)body).Dispose(), _body))
                    {
                        return await _body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                    }
                }
                catch (Exception error) when (IsNetwork(error))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    throw HttpErrors.Lost(error);
                }
            }

            public override void Dispose()
            {
                _body.Dispose();
                _response.Dispose();
            }
        }
    }
}
