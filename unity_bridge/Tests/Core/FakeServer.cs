#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;
using Showfloor.Rpc;
using Showfloor.Wire;

namespace Showfloor.Tests
{
    /// <summary>A transport whose answers the test writes.</summary>
    internal sealed class FakeServer : IHttpTransport
    {
        private readonly Func<HttpRequest, CancellationToken, Task<HttpReply>> _answer;

        public FakeServer(Func<HttpRequest, HttpReply> answer) => _answer = (r, _) => Task.FromResult(answer(r));

        public FakeServer(Func<HttpRequest, CancellationToken, Task<HttpReply>> answer) => _answer = answer;

        public List<HttpRequest> Requests { get; } = new List<HttpRequest>();

        public bool Disposed { get; private set; }

        public Task<HttpReply> SendAsync(HttpRequest request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            request.Body = request.Body.ToArray();
            Requests.Add(request);
            return _answer(request, cancellationToken);
        }

        public void Dispose() => Disposed = true;

        public RpcChannel Channel(Action<ChannelOptions>? change = null)
        {
            var options = new ChannelOptions(new Uri("http://127.0.0.1:8080")) { Transport = this, Retry = Quick() };
            change?.Invoke(options);
            return new RpcChannel(options);
        }

        public static RetryPolicy Quick(int attempts = 3) =>
            new RetryPolicy(attempts) { Wait = (_, token) => Task.Delay(1, token) };

        public static T Read<T>(HttpRequest request)
            where T : class, IMessage, new() => Proto.Parse<T>(request.Body.Slice(5));

        public static byte[] Frame(byte flags, byte[] data)
        {
            var frame = new byte[5 + data.Length];
            frame[0] = flags;
            frame[1] = (byte)(data.Length >> 24);
            frame[2] = (byte)(data.Length >> 16);
            frame[3] = (byte)(data.Length >> 8);
            frame[4] = (byte)data.Length;
            data.CopyTo(frame, 5);
            return frame;
        }

        public static byte[] Frame(IMessage message) => Frame(0, Proto.Serialize(message));

        public static byte[] Trailer(int status = 0, string more = "") =>
            Frame(0x80, Encoding.UTF8.GetBytes("grpc-status: " + status + "\r\n" + more));

        public static HttpReply Answer(params IMessage[] messages) =>
            Body(messages.Select(Frame).Append(Trailer()).ToArray());

        public static HttpReply Error(int status, string more = "") => Body(Trailer(status, more));

        public static HttpReply Body(params byte[][] pieces) => new FakeReply(pieces);
    }

    /// <summary>A response in pieces; an empty piece is a lost connection.</summary>
    internal sealed class FakeReply : HttpReply
    {
        private readonly Queue<byte[]> _pieces;
        private int _position;

        public FakeReply(IEnumerable<byte[]> pieces) => _pieces = new Queue<byte[]>(pieces);

        public int HttpStatus { get; set; } = 200;

        public bool HangsAtEnd { get; set; }

        public bool Disposed { get; private set; }

        public Dictionary<string, string> Headers { get; } =
            new Dictionary<string, string> { ["content-type"] = "application/grpc-web+proto" };

        public override int Status => HttpStatus;

        public override string? Header(string name) => Headers.TryGetValue(name, out string? value) ? value : null;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_pieces.Count == 0)
            {
                if (HangsAtEnd)
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
                }
                return 0;
            }
            byte[] piece = _pieces.Peek();
            if (piece.Length == 0)
            {
                throw HttpErrors.Lost();
            }
            int count = Math.Min(buffer.Length, piece.Length - _position);
            piece.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            if (_position == piece.Length)
            {
                _pieces.Dequeue();
                _position = 0;
            }
            return count;
        }

        public override void Dispose() => Disposed = true;
    }
}
