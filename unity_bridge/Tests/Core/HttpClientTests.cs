#nullable enable
using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Http;

namespace Showfloor.Tests
{
    /// <summary>HttpClient as Unity's class library has it, which differs from that of .NET.</summary>
    [TestFixture]
    public class HttpClientTests
    {
        private static readonly HttpRequest Get = new HttpRequest("GET", new Uri("http://127.0.0.1:9/files/a"));

        [Test]
        public void AWebExceptionIsALostConnection() => Waiting.Run(async token =>
        {
            var body = new Body(() => throw new WebException("Error getting response stream (ReadAsync): ReceiveFailure"));
            using (var transport = new HttpClientTransport(new Answers(body)))
            using (HttpReply reply = await transport.SendAsync(Get, token))
            {
                ShowfloorException error = await Waiting.Fails(async () => await reply.ReadAsync(new byte[10], token));
                Assert.AreEqual("CONNECTION_LOST", error.Code);
                Assert.IsTrue(error.Transient);
            }
            var refused = new HttpClientTransport(new Answers(null));
            Assert.AreEqual("SERVER_UNREACHABLE", (await Waiting.Fails(() => refused.SendAsync(Get, token))).Code);
        });

        [Test]
        public void CancellingEndsAReadThatDoesNotListen() => Waiting.Run(
            async token =>
            {
                var body = new Body(null);
                using (var stop = CancellationTokenSource.CreateLinkedTokenSource(token))
                using (var transport = new HttpClientTransport(new Answers(body)))
                using (HttpReply reply = await transport.SendAsync(Get, stop.Token))
                {
                    Task<int> read = reply.ReadAsync(new byte[10], stop.Token).AsTask();
                    Assert.IsFalse(read.IsCompleted);
                    stop.Cancel();
                    await Waiting.IsCancelled(() => read);
                    Assert.IsTrue(body.Closed);
                }
            },
            10);

        [Test]
        public void ManyConnectionsToOneServerAreAllowed() => Waiting.Run(async token =>
        {
            var address = new Uri("http://127.0.0.1:19/");
            var transport = new HttpClientTransport(new Answers(null));
            await Waiting.Fails(() => transport.SendAsync(new HttpRequest("GET", address), token));
            Assert.That(ServicePointManager.FindServicePoint(address).ConnectionLimit, Is.GreaterThanOrEqualTo(100));
        });

        private sealed class Answers : HttpMessageHandler
        {
            private readonly Stream? _body;

            public Answers(Stream? body) => _body = body;

            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (_body is null)
                {
                    throw new HttpRequestException("refused", new WebException("ConnectFailure"));
                }
                return Task.FromResult(new HttpResponseMessage { Content = new StreamContent(_body) });
            }
        }

        /// <summary>A body that waits for the network and hears of no token; closing it ends the wait.</summary>
        private sealed class Body : Stream
        {
            private readonly Func<int>? _read;
            private readonly TaskCompletionSource<int> _wait =
                new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);

            public Body(Func<int>? read) => _read = read;

            public bool Closed { get; private set; }

            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
                _read is null ? _wait.Task : Task.FromResult(_read());

            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
                new ValueTask<int>(_read is null ? _wait.Task : Task.FromResult(_read()));

            public override void Flush()
            {
            }

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            protected override void Dispose(bool disposing)
            {
                Closed = true;
                _wait.TrySetException(new ObjectDisposedException(nameof(Body)));
                base.Dispose(disposing);
            }
        }
    }
}
