#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Http
{
    /// <summary>Sends HTTP requests. Its methods may be called from any thread and at the same time.</summary>
    public interface IHttpTransport : IDisposable
    {
        /// <summary>Sends a request and returns as soon as the header of the response is there.</summary>
        /// <param name="request">What to send. Its body stays as it is until the reply is disposed of.</param>
        /// <param name="cancellationToken">Ends the request, also while the body of the reply is read, and closes its
        /// connection.</param>
        /// <exception cref="ShowfloorException">The server cannot be reached (status Unavailable), or the transport
        /// refuses the request.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        Task<HttpReply> SendAsync(HttpRequest request, CancellationToken cancellationToken);
    }

    /// <summary>What to send.</summary>
    public sealed class HttpRequest
    {
        /// <summary>A request.</summary>
        public HttpRequest(string method, Uri address)
        {
            Method = method;
            Address = address;
        }

        /// <summary>"GET" or "POST".</summary>
        public string Method { get; }

        /// <summary>Whole address, http or https.</summary>
        public Uri Address { get; }

        /// <summary>Header fields beside content-type and content-length.</summary>
        public List<KeyValuePair<string, string>> Headers { get; } = new List<KeyValuePair<string, string>>();

        /// <summary>The body of a POST.</summary>
        public ReadOnlyMemory<byte> Body { get; set; }

        /// <summary>Type of the body.</summary>
        public string ContentType { get; set; } = "";
    }

    /// <summary>The response: status, header fields, and a body that is read as it arrives.</summary>
    public abstract class HttpReply : IDisposable
    {
        /// <summary>HTTP status.</summary>
        public abstract int Status { get; }

        /// <summary>Value of a header field, null where it was not sent. Upper and lower case are the same.</summary>
        public abstract string? Header(string name);

        /// <summary>Reads at least one byte; 0 at the end of the body.</summary>
        /// <exception cref="ShowfloorException">The connection was lost (status Unavailable).</exception>
        /// <exception cref="OperationCanceledException">This token or that of the request was cancelled.</exception>
        public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

        /// <summary>Closes the connection unless the body was read to its end.</summary>
        public abstract void Dispose();
    }
}
