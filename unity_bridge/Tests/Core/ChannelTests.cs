#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Http;
using Showfloor.Rpc;
using Showfloor.V1;
using Showfloor.WellKnown;
using Showfloor.Wire;
using static Showfloor.Tests.FakeServer;

namespace Showfloor.Tests
{
    [TestFixture]
    public class ChannelTests
    {
        private static readonly GetAssetRequest Wanted = new GetAssetRequest { AssetId = "ast_1" };

        [Test]
        public void ACallSaysWhatItWants() => Waiting.Run(async token =>
        {
            var server = new FakeServer(_ => Answer(new Asset { Id = "ast_1" }));
            RpcChannel channel = server.Channel(o =>
            {
                o.ApiKey = "sfk_abc";
                o.Metadata.Add(new KeyValuePair<string, string>("x-shop", "a"));
            });
            Asset asset = await new AssetServiceClient(channel).GetAssetAsync(
                Wanted, new CallOptions { Deadline = TimeSpan.FromSeconds(5) }, token);
            Assert.AreEqual("ast_1", asset.Id);
            HttpRequest request = server.Requests.Single();
            Dictionary<string, string> headers = request.Headers.ToDictionary(h => h.Key, h => h.Value);
            Assert.AreEqual("http://127.0.0.1:8080/showfloor.v1.AssetService/GetAsset", request.Address.ToString());
            Assert.AreEqual("application/grpc-web+proto", request.ContentType);
            Assert.AreEqual("Bearer sfk_abc", headers["authorization"]);
            Assert.AreEqual("a", headers["x-shop"]);
            int milliseconds = int.Parse(headers["grpc-timeout"].TrimEnd('m'));
            Assert.That(milliseconds, Is.InRange(1, 5000));
        });

        [TestCase(0.0001, "1m")]
        [TestCase(5, "5000m")]
        [TestCase(99999.999, "99999999m")]
        [TestCase(200000, "200000S")]
        public void TimeoutsHaveEightDigitsAtMost(double seconds, string text) =>
            Assert.AreEqual(text, RequestBuilder.Timeout(TimeSpan.FromSeconds(seconds)));

        [Test]
        public void CallsThatMayBeRepeatedAreRepeated() => Waiting.Run(async _ =>
        {
            int left = 2;
            var server = new FakeServer(_ => left-- > 0 ? Error(14) : Answer(new Asset()));
            await new AssetServiceClient(server.Channel()).GetAssetAsync(Wanted);
            Assert.AreEqual(3, server.Requests.Count);
        });

        [Test]
        public void RepeatingEndsAtTheLimit() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => throw HttpErrors.Unreachable(new Uri("http://a.example:1")));
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(server.Channel()).GetAssetAsync(Wanted));
            Assert.AreEqual("SERVER_UNREACHABLE", error.Code);
            Assert.AreEqual(3, server.Requests.Count);
        });

        [TestCase("", 1)]
        [TestCase("8f14e45f", 3)]
        public void CallsThatChangeSomethingAreRepeatedOnlyWithARequestId(string id, int times) => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => Error(14));
            await Waiting.Fails(() => new GenerationServiceClient(server.Channel())
                .ReconstructAsync(new ReconstructRequest { RequestId = id }));
            Assert.AreEqual(times, server.Requests.Count);
        });

        [Test]
        public void OtherFailuresAreNotRepeated() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => Error(5));
            await Waiting.Fails(() => new AssetServiceClient(server.Channel()).GetAssetAsync(Wanted));
            Assert.AreEqual(1, server.Requests.Count);
        });

        [Test]
        public void DelaysAreRandomAndGrowAndKeepWhatTheServerAsksFor()
        {
            var retry = new RetryPolicy(9, 0.2, 1.0);
            double[] third = Enumerable.Range(0, 200).Select(_ => retry.Delay(3).TotalSeconds).ToArray();
            Assert.That(third.Max(), Is.LessThanOrEqualTo(0.8).And.GreaterThan(0.6));
            Assert.That(third.Min(), Is.LessThan(0.2));
            Assert.That(Enumerable.Range(0, 200).Max(_ => retry.Delay(30).TotalSeconds), Is.LessThanOrEqualTo(1.0));
            var error = new ShowfloorException(RpcStatus.Unavailable, "A", "b", "c") { RetryAfter = TimeSpan.FromSeconds(2) };
            Assert.That(retry.Delay(1, error).TotalSeconds, Is.GreaterThanOrEqualTo(2));
        }

        [Test]
        public void CodeFixAndDelayComeFromTheDetails() => Waiting.Run(async _ =>
        {
            var info = new ErrorInfo { Reason = "TOO_FEW_PHOTOS", Domain = "showfloor" };
            info.Metadata["fix"] = "Take 30 photos.";
            var status = new Status { Code = 3, Message = "2 photos – 3 needed" };
            status.Details.Add(new Any { TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo", Value = Proto.Serialize(info) });
            var later = new RetryInfo { RetryDelay = new Duration { Seconds = 1, Nanos = 500000000 } };
            status.Details.Add(new Any { TypeUrl = "type.googleapis.com/google.rpc.RetryInfo", Value = Proto.Serialize(later) });
            string binary = Convert.ToBase64String(Proto.Serialize(status)).TrimEnd('=');
            var reply = new FakeReply(new[] { Trailer(3, "grpc-message: x\r\ngrpc-status-details-bin: " + binary + "\r\n") });
            reply.Headers["x-request-id"] = "req-1";
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(new FakeServer(_ => reply).Channel()).GetAssetAsync(Wanted));
            Assert.AreEqual("TOO_FEW_PHOTOS", error.Code);
            Assert.AreEqual("2 photos – 3 needed", error.Message);
            Assert.AreEqual("Take 30 photos.", error.Fix);
            Assert.AreEqual(RpcStatus.InvalidArgument, error.Status);
            Assert.AreEqual(1.5, error.RetryAfter!.Value.TotalSeconds);
            Assert.AreEqual("req-1", error.RequestId);
        });

        [TestCase("!!!")]
        [TestCase("Cg==")]
        public void DamagedDetailsLeaveTheStatus(string details) => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => Error(7, "grpc-message: not%20allowed\r\ngrpc-status-details-bin: " + details + "\r\n"));
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(server.Channel()).GetAssetAsync(Wanted));
            Assert.AreEqual("PERMISSION_DENIED", error.Code);
            Assert.AreEqual("not allowed", error.Message);
        });

        [TestCase(404, RpcStatus.Unimplemented, "UNIMPLEMENTED")]
        [TestCase(401, RpcStatus.Unauthenticated, "UNAUTHENTICATED")]
        [TestCase(403, RpcStatus.PermissionDenied, "PERMISSION_DENIED")]
        [TestCase(413, RpcStatus.ResourceExhausted, "RESOURCE_EXHAUSTED")]
        [TestCase(502, RpcStatus.Unavailable, "UNAVAILABLE")]
        [TestCase(302, RpcStatus.Unknown, "UNKNOWN")]
        public void HttpStatusBecomesGrpcStatus(int http, RpcStatus status, string code) => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => new FakeReply(new byte[0][]) { HttpStatus = http });
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(server.Channel(o => o.Retry = RetryPolicy.None)).GetAssetAsync(Wanted));
            Assert.AreEqual(status, error.Status);
            Assert.AreEqual(code, error.Code);
        });

        [TestCase("{\"code\": \"HOST_NOT_LOCAL\", \"message\": \"Not \\\"here\\\" \\u8336.\", \"fix\": \"Open it.\"}", "HOST_NOT_LOCAL", "Not \"here\" 茶.")]
        [TestCase("{\"code\": 5}", "PERMISSION_DENIED", "The server at http://127.0.0.1:8080 answered HTTP 421.")]
        [TestCase("{\"code\": \"", "PERMISSION_DENIED", "The server at http://127.0.0.1:8080 answered HTTP 421.")]
        public void WhatTheServerRefusesInJsonIsTold(string json, string code, string message) => Waiting.Run(async _ =>
        {
            var reply = new FakeReply(new[] { System.Text.Encoding.UTF8.GetBytes(json) }) { HttpStatus = 421 };
            reply.Headers["content-type"] = "application/json";
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(new FakeServer(_ => reply).Channel()).GetAssetAsync(Wanted));
            Assert.AreEqual(RpcStatus.PermissionDenied, error.Status);
            Assert.AreEqual(code, error.Code);
            Assert.AreEqual(message, error.Message);
        });

        [Test]
        public void AStatusInTheHeaderCounts() => Waiting.Run(async _ =>
        {
            var reply = new FakeReply(new byte[0][]);
            reply.Headers["grpc-status"] = "16";
            reply.Headers["grpc-message"] = "No key";
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(new FakeServer(_ => reply).Channel()).GetAssetAsync(Wanted));
            Assert.AreEqual(RpcStatus.Unauthenticated, error.Status);
            Assert.AreEqual("No key", error.Message);
        });

        [Test]
        public void AWebPageIsNoAnswer() => Waiting.Run(async _ =>
        {
            var reply = new FakeReply(new[] { new byte[10] });
            reply.Headers["content-type"] = "text/html";
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(new FakeServer(_ => reply).Channel()).GetAssetAsync(Wanted));
            Assert.AreEqual("PROTOCOL_INVALID", error.Code);
        });

        [Test]
        public void TheDeadlineEndsACallAndIsNoCancelling() => Waiting.Run(async token =>
        {
            var reply = new FakeReply(new byte[0][]) { HangsAtEnd = true };
            var options = new CallOptions { Deadline = TimeSpan.FromMilliseconds(60) };
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(new FakeServer(_ => reply).Channel()).GetAssetAsync(Wanted, options, token));
            Assert.AreEqual("DEADLINE_EXCEEDED", error.Code);
            Assert.IsTrue(reply.Disposed);
        });

        [TestCase(-1)]
        [TestCase(86400000.0 * 365)]
        public void ADeadlineMayBeEndless(double milliseconds) => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => Answer(new Asset { Id = "ast_1" }));
            var options = new CallOptions { Deadline = TimeSpan.FromMilliseconds(milliseconds) };
            Assert.AreEqual("ast_1", (await new AssetServiceClient(server.Channel()).GetAssetAsync(Wanted, options)).Id);
            bool told = server.Requests.Single().Headers.Any(h => h.Key == "grpc-timeout");
            Assert.AreEqual(milliseconds > 0, told);
        });

        [Test]
        public void CancellingEndsACall() => Waiting.Run(async _ =>
        {
            var reply = new FakeReply(new byte[0][]) { HangsAtEnd = true };
            using (var source = new CancellationTokenSource())
            {
                Task call = new AssetServiceClient(new FakeServer(_ => reply).Channel())
                    .GetAssetAsync(Wanted, null, source.Token);
                source.Cancel();
                await Waiting.IsCancelled(() => call);
                Assert.IsTrue(reply.Disposed);
            }
        });

        [Test]
        public void SilenceEndsAStream() => Waiting.Run(async _ =>
        {
            var reply = new FakeReply(new[] { Frame(new ChatResponse { Token = "a" }) }) { HangsAtEnd = true };
            var options = new CallOptions { IdleTimeout = TimeSpan.FromMilliseconds(60) };
            int count = 0;
            ShowfloorException error = await Waiting.Fails(async () =>
            {
                var client = new AssistantServiceClient(new FakeServer(_ => reply).Channel());
                await foreach (ChatResponse part in client.Chat(new ChatRequest(), options))
                {
                    count++;
                    await Task.Delay(150);
                }
            });
            Assert.AreEqual("CONNECTION_SILENT", error.Code);
            Assert.AreEqual(1, count);
        });

        [Test]
        public void AStreamIsRepeatedOnlyBeforeItsFirstMessage() => Waiting.Run(async _ =>
        {
            byte[] message = Frame(new StreamAssetResponse());
            int left = 1;
            var server = new FakeServer(_ => left-- > 0 ? Error(14) : Body(message, new byte[0]));
            int got = 0;
            ShowfloorException error = await Waiting.Fails(async () =>
            {
                await foreach (StreamAssetResponse part in new AssetServiceClient(server.Channel()).StreamAsset(new StreamAssetRequest()))
                {
                    got++;
                }
            });
            Assert.AreEqual("CONNECTION_LOST", error.Code);
            Assert.AreEqual(1, got);
            Assert.AreEqual(2, server.Requests.Count);
        });

        [Test]
        public void LeavingAStreamClosesIt() => Waiting.Run(async _ =>
        {
            var reply = new FakeReply(new[] { Frame(new ChatResponse()), Frame(new ChatResponse()) }) { HangsAtEnd = true };
            RpcChannel channel = new FakeServer(_ => reply).Channel();
            await foreach (ChatResponse part in new AssistantServiceClient(channel).Chat(new ChatRequest()))
            {
                break;
            }
            Assert.IsTrue(reply.Disposed);
            Assert.AreEqual(0, channel.ActiveCalls);
        });

        [Test]
        public void ClosingEndsEveryCallAndWaitsForIt() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => new FakeReply(new byte[0][]) { HangsAtEnd = true });
            RpcChannel channel = server.Channel();
            var client = new AssetServiceClient(channel);
            Task<Asset>[] calls = Enumerable.Range(0, 5).Select(_ => client.GetAssetAsync(Wanted)).ToArray();
            Assert.AreEqual(5, channel.ActiveCalls);
            Assert.IsTrue(await channel.CloseAsync(TimeSpan.FromSeconds(10)));
            foreach (Task<Asset> call in calls)
            {
                Assert.AreEqual("CHANNEL_CLOSED", (await Waiting.Fails(() => call)).Code);
            }
            Assert.IsTrue(server.Disposed);
            Assert.AreEqual("CHANNEL_CLOSED", (await Waiting.Fails(() => client.GetAssetAsync(Wanted))).Code);
        });

        [Test]
        public void ClosingDoesNotWaitLongerThanAllowed() => Waiting.Run(async _ =>
        {
            var never = new TaskCompletionSource<HttpReply>();
            RpcChannel channel = new FakeServer((_, __) => never.Task).Channel();
            Task call = new AssetServiceClient(channel).GetAssetAsync(Wanted);
            Assert.IsFalse(await channel.CloseAsync(TimeSpan.FromMilliseconds(50)));
            never.SetException(HttpErrors.Lost());
            Assert.AreEqual("CHANNEL_CLOSED", (await Waiting.Fails(() => call)).Code);
        });

        [TestCase("ftp://shop.example")]
        [TestCase("http://user:secret@shop.example")]
        [TestCase("http://shop.example/?a=b")]
        public void AddressesThatCannotWorkAreRefused(string address)
        {
            var error = Assert.Throws<ShowfloorException>(() => new RpcChannel(new ChannelOptions(new Uri(address))));
            Assert.AreEqual("ADDRESS_INVALID", error.Code);
            Assert.IsFalse(error.Message.Contains("secret"));
        }

        [TestCase("sfk_a b")]
        [TestCase("sfk_a\r\nx: y")]
        [TestCase("sfk_ä")]
        public void KeysThatCannotWorkAreRefused(string key)
        {
            var options = new ChannelOptions(new Uri("http://a.example")) { ApiKey = key };
            Assert.AreEqual("API_KEY_INVALID", Assert.Throws<ShowfloorException>(() => new RpcChannel(options)).Code);
        }

        [TestCase("")]
        [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
        public void ACaThatIsNoneIsRefused(string pem) =>
            Assert.AreEqual("CA_INVALID", Assert.Throws<ShowfloorException>(() => new HttpClientTransport(pem)).Code);

        [Test]
        public void TheHandlerCanBeReplaced() => Waiting.Run(async _ =>
        {
            var handler = new Handler();
            var options = new ChannelOptions(new Uri("http://a.example")) { Transport = new HttpClientTransport(handler) };
            ShowfloorException error = await Waiting.Fails(
                () => new AssetServiceClient(new RpcChannel(options)).GetAssetAsync(Wanted));
            Assert.AreEqual(RpcStatus.Unimplemented, error.Status);
            Assert.AreEqual("application/grpc-web+proto", handler.ContentType);
        });

        private sealed class Handler : HttpMessageHandler
        {
            public string? ContentType { get; private set; }

            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
            {
                ContentType = request.Content?.Headers.ContentType?.ToString();
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new ByteArrayContent(new byte[0]) });
            }
        }
    }
}
