#nullable enable
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Http;
using Showfloor.Rpc;
using Showfloor.Unity.Http;
using Showfloor.V1;
using UnityEngine.Networking;

namespace Showfloor.Tests
{
    [TestFixture]
    public class TransportTests
    {
        private static readonly Dictionary<string, string> Grpc =
            new Dictionary<string, string> { ["Content-Type"] = "application/grpc-web+proto" };

        private UnityWebRequest? _web;

        [SetUp]
        public void Listen() => UnityWebRequest.Sent = web => _web = web;

        [TearDown]
        public void Silence() => UnityWebRequest.Sent = null;

        [Test]
        public void BytesAreCopiedBeforeUnityUsesItsBufferAgain() => MainLoop.Run(async loop =>
        {
            using var transport = new UnityWebRequestTransport();
            Task<HttpReply> sent = transport.SendAsync(Post(), default);
            await loop.Until(() => _web != null);
            _web!.Respond(200, Grpc);
            var buffer = new byte[4];
            for (byte round = 0; round < 50; round++)
            {
                Array.Fill(buffer, round);
                Assert.IsTrue(_web.downloadHandler.Feed(buffer, 4));
            }
            Array.Fill(buffer, (byte)255);
            _web.End(UnityWebRequest.Result.Success);
            HttpReply reply = await sent;
            byte[] all = await ReadAll(reply);
            Assert.AreEqual(Enumerable.Range(0, 50).SelectMany(r => Enumerable.Repeat((byte)r, 4)).ToArray(), all);
            Assert.AreEqual(200, reply.Status);
            Assert.AreEqual("application/grpc-web+proto", reply.Header("content-TYPE"));
        });

        [Test]
        public void ARequestIsCopiedBeforeItsMemoryGoesBack() => MainLoop.Run(async loop =>
        {
            using var transport = new UnityWebRequestTransport();
            var memory = new byte[] { 1, 2, 3 };
            HttpRequest request = Post();
            request.Body = memory;
            using var end = new CancellationTokenSource();
            Task<HttpReply> sent = transport.SendAsync(request, end.Token);
            memory[0] = 9; // another request, while the main thread has not begun with this one
            await loop.Until(() => _web != null);
            Assert.AreEqual(new byte[] { 1, 2, 3 }, _web!.uploadHandler.data);
            end.Cancel();
            await Waiting.IsCancelled(() => sent);
        });

        [Test]
        public void WaitingBytesGiveTheirMemoryBackOnce()
        {
            const int Size = 300000;
            List<byte[]> Rent() => Enumerable.Range(0, 64).Select(_ => ArrayPool<byte>.Shared.Rent(Size)).ToList();
            var held = new HashSet<byte[]>(Rent()); // nothing of others is left in the pool
            var queue = new BodyQueue(long.MaxValue);
            for (int i = 0; i < 3; i++)
            {
                Assert.IsTrue(queue.TryAdd(new byte[Size], Size));
            }
            Assert.AreEqual(Size + 10, queue.ReadAsync(new byte[Size + 10], default).Result, "one and a part of another");
            queue.Dispose();
            queue.Dispose();
            foreach (byte[] lent in Rent())
            {
                Assert.IsTrue(held.Add(lent), "the same memory is lent twice");
            }
        }

        [Test]
        public void ItAnswersAsSoonAsTheFirstBytesAreThere() => MainLoop.Run(async loop =>
        {
            using var transport = new UnityWebRequestTransport();
            Task<HttpReply> sent = transport.SendAsync(Post(), default);
            await loop.Until(() => _web != null);
            _web!.Respond(200, Grpc);
            _web.downloadHandler.Feed(new byte[] { 1, 2, 3 }, 3);
            HttpReply reply = await sent;
            var two = new byte[2];
            Assert.AreEqual(2, await reply.ReadAsync(two, default));
            Assert.AreEqual(new byte[] { 1, 2 }, two);
            Assert.AreEqual(1, await reply.ReadAsync(two, default));
            Task<int> next = reply.ReadAsync(two, default).AsTask();
            await Task.Delay(20);
            Assert.IsFalse(next.IsCompleted);
            _web.downloadHandler.Feed(new byte[] { 9 }, 1);
            Assert.AreEqual(1, await next);
            Assert.AreEqual(9, two[0]);
        });

        [Test]
        public void UnityIsSpokenToOnTheMainThreadAlone() => MainLoop.Run(async loop =>
        {
            bool here = false;
            UnityWebRequest.Sent = web =>
            {
                here = loop.IsHere;
                web.Respond(200, Grpc);
                web.End(UnityWebRequest.Result.Success);
            };
            var transport = new UnityWebRequestTransport();
            HttpReply reply = await Task.Run(() => transport.SendAsync(Post(), default));
            Assert.IsTrue(here);
            Assert.AreEqual(0, (await ReadAll(reply)).Length);
            Assert.AreEqual(0, transport.OpenRequests);
        });

        [Test]
        public void CancellingEndsTheReadAbortsAndIsQuiet() => MainLoop.Run(async loop =>
        {
            using var transport = new UnityWebRequestTransport();
            using var cancel = new CancellationTokenSource();
            Task<HttpReply> sent = transport.SendAsync(Post(), cancel.Token);
            await loop.Until(() => _web != null);
            _web!.Respond(200, Grpc);
            _web.downloadHandler.Feed(new byte[] { 1 }, 1);
            HttpReply reply = await sent;
            var one = new byte[1];
            await reply.ReadAsync(one, default);
            Task<int> waiting = reply.ReadAsync(one, default).AsTask();
            cancel.Cancel();
            await Waiting.IsCancelled(() => waiting);
            await loop.Until(() => _web.Disposed);
            Assert.IsTrue(_web.Aborted);
            Assert.IsFalse(_web.downloadHandler.Feed(new byte[] { 2 }, 1), "nobody reads any more");
            Assert.AreEqual(0, transport.OpenRequests);
        });

        [Test]
        public void CancellingBeforeTheHeaderEndsTheRequest() => MainLoop.Run(async loop =>
        {
            using var transport = new UnityWebRequestTransport();
            using var cancel = new CancellationTokenSource();
            Task<HttpReply> sent = transport.SendAsync(Post(), cancel.Token);
            await loop.Until(() => _web != null);
            cancel.Cancel();
            await Waiting.IsCancelled(() => sent);
            await loop.Until(() => _web!.Aborted);
        });

        [TestCase("Cannot connect to destination host", "SERVER_UNREACHABLE")]
        [TestCase("Unable to complete SSL connection", "CERTIFICATE_NOT_TRUSTED")]
        public void AServerThatDoesNotAnswerIsTold(string error, string code) => MainLoop.Run(async loop =>
        {
            UnityWebRequest.Sent = web => web.End(UnityWebRequest.Result.ConnectionError, error);
            using var transport = new UnityWebRequestTransport();
            ShowfloorException failure = await Waiting.Fails(() => transport.SendAsync(Post(), default));
            Assert.AreEqual(code, failure.Code);
            Assert.AreNotEqual("", failure.Fix);
        });

        [Test]
        public void ALostConnectionFailsAfterTheBytesThatCame() => MainLoop.Run(async loop =>
        {
            UnityWebRequest.Sent = web =>
            {
                web.Respond(200, Grpc);
                web.downloadHandler.Feed(new byte[] { 7, 8 }, 2);
                web.End(UnityWebRequest.Result.ConnectionError, "Curl error 56");
            };
            using var transport = new UnityWebRequestTransport();
            HttpReply reply = await transport.SendAsync(Post(), default);
            var two = new byte[2];
            Assert.AreEqual(2, await reply.ReadAsync(two, default));
            ShowfloorException failure = await Waiting.Fails(() => reply.ReadAsync(two, default).AsTask());
            Assert.AreEqual("CONNECTION_LOST", failure.Code);
            Assert.IsTrue(failure.Transient);
        });

        [Test]
        public void AnHttpErrorIsAReply() => MainLoop.Run(async loop =>
        {
            UnityWebRequest.Sent = web =>
            {
                web.Respond(401, new Dictionary<string, string>());
                web.End(UnityWebRequest.Result.ProtocolError, "HTTP/1.1 401");
            };
            using var transport = new UnityWebRequestTransport();
            Assert.AreEqual(401, (await transport.SendAsync(Post(), default)).Status);
        });

        [Test]
        public void AReaderThatIsTooSlowDoesNotFillTheMemory() => MainLoop.Run(async loop =>
        {
            UnityWebRequest.Sent = web =>
            {
                web.Respond(200, Grpc);
                Assert.IsTrue(web.downloadHandler.Feed(new byte[1000], 1000));
                Assert.IsFalse(web.downloadHandler.Feed(new byte[1000], 1000));
                web.End(UnityWebRequest.Result.DataProcessingError, "aborted");
            };
            using var transport = new UnityWebRequestTransport(null, 1500);
            HttpReply reply = await transport.SendAsync(Post(), default);
            ShowfloorException failure = await Waiting.Fails(() => ReadAll(reply));
            Assert.AreEqual("READER_TOO_SLOW", failure.Code);
        });

        [Test]
        public void HeadersThatUnityRefusesAreLeftOut() => MainLoop.Run(async loop =>
        {
            using var transport = new UnityWebRequestTransport();
            HttpRequest request = Post();
            request.Headers.Add(new KeyValuePair<string, string>("te", "trailers"));
            request.Headers.Add(new KeyValuePair<string, string>("authorization", "Bearer x"));
            _ = transport.SendAsync(request, default);
            await loop.Until(() => _web != null);
            CollectionAssert.AreEquivalent(new[] { "authorization" }, _web!.RequestHeaders.Keys);
            Assert.AreEqual(new byte[] { 1, 2, 3 }, _web.uploadHandler.data);
            Assert.AreEqual("application/grpc-web+proto", _web.uploadHandler.contentType);
        });

        [Test]
        public void ACallGoesThroughAndClosingTheChannelEndsAStream() => MainLoop.Run(async loop =>
        {
            UnityWebRequest.Sent = web =>
            {
                _web = web;
                web.Respond(200, Grpc);
                byte[] frame = FakeServer.Frame(web.url.Contains("GetAsset")
                    ? (Wire.IMessage)new Asset { Id = "ast_1", DisplayName = "茶" }
                    : new ChatResponse { Token = "Hello" });
                web.downloadHandler.Feed(frame, frame.Length);
                if (web.url.Contains("GetAsset"))
                {
                    byte[] trailer = FakeServer.Trailer();
                    web.downloadHandler.Feed(trailer, trailer.Length);
                    web.End(UnityWebRequest.Result.Success);
                }
            };
            var channel = new RpcChannel(new ChannelOptions(new Uri("http://127.0.0.1:8080")) { Transport = new UnityWebRequestTransport() });
            Asset asset = await new AssetServiceClient(channel).GetAssetAsync(new GetAssetRequest { AssetId = "ast_1" });
            Assert.AreEqual("茶", asset.DisplayName);
            IAsyncEnumerator<ChatResponse> chat = new AssistantServiceClient(channel).Chat(new ChatRequest()).GetAsyncEnumerator();
            Assert.IsTrue(await chat.MoveNextAsync());
            Task<bool> next = chat.MoveNextAsync().AsTask();
            Assert.IsTrue(await channel.CloseAsync(TimeSpan.FromSeconds(2)));
            Assert.AreEqual("CHANNEL_CLOSED", (await Waiting.Fails(() => next)).Code);
            await loop.Until(() => _web!.Aborted && _web.Disposed);
        });

        [Test]
        public void OnlyThePinnedCertificateIsAccepted()
        {
            byte[] certificate = { 1, 2, 3 };
            string sha256 = BitConverter.ToString(System.Security.Cryptography.SHA256.Create().ComputeHash(certificate)).Replace("-", ":");
            var pinned = new PinnedCertificate(new[] { sha256 });
            Assert.IsTrue(pinned.Ask(certificate));
            Assert.IsFalse(pinned.Ask(new byte[] { 1, 2, 4 }));
            Assert.AreEqual("PIN_INVALID", Assert.Throws<ShowfloorException>(() => new PinnedCertificate(new[] { "abc" })).Code);
        }

        private static HttpRequest Post() => new HttpRequest("POST", new Uri("http://127.0.0.1:8080/a/b"))
        {
            Body = new byte[] { 1, 2, 3 },
            ContentType = "application/grpc-web+proto",
        };

        private static async Task<byte[]> ReadAll(HttpReply reply)
        {
            var all = new List<byte>();
            var part = new byte[7];
            int count;
            while ((count = await reply.ReadAsync(part, default)) > 0)
            {
                all.AddRange(part.Take(count));
            }
            return all.ToArray();
        }
    }
}
