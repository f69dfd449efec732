#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Captures;
using Showfloor.Dialogue;
using Showfloor.Http;
using Showfloor.Jobs;
using Showfloor.V1;
using static Showfloor.Tests.FakeServer;

namespace Showfloor.Tests
{
    [TestFixture]
    public class JobTests
    {
        [Test]
        public void AJobIsWatchedThroughLostConnectionsAndNothingIsToldTwice() => Waiting.Run(async _ =>
        {
            int round = 0;
            var server = new FakeServer(_ =>
            {
                switch (round++)
                {
                    case 0:
                        return Body(Frame(Now(JobState.Queued, 0)), Frame(Now(JobState.Running, 0.5)), new byte[0]);
                    case 1:
                        return Answer(Now(JobState.Running, 0.5));
                    default:
                        return Answer(Now(JobState.Running, 0.5), Now(JobState.Succeeded, 1));
                }
            });
            List<WatchJobResponse> told = await Waiting.All(new JobWatch(server.Channel()).WatchAsync("job_1"));
            CollectionAssert.AreEqual(new[] { 0, 0.5, 1 }, told.Select(t => t.Job!.Fraction));
        });

        [Test]
        public void WhatAJobFailedWithIsThrown() => Waiting.Run(async _ =>
        {
            WatchJobResponse failed = Now(JobState.Failed, 0.2);
            failed.Job!.Problem = new Problem { Code = "ALL_BLURRED", Message = "All are blurred.", Fix = "Use a tripod." };
            var server = new FakeServer(_ => Answer(failed));
            ShowfloorException error = await Waiting.Fails(() => new JobWatch(server.Channel()).WaitAsync("job_1"));
            Assert.AreEqual("ALL_BLURRED", error.Code);
            Assert.AreEqual("Use a tripod.", error.Fix);
        });

        [Test]
        public void AJobThatWasCancelledIsToldSo() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => Answer(Now(JobState.Cancelled, 0)));
            ShowfloorException error = await Waiting.Fails(() => new JobWatch(server.Channel()).WaitAsync("job_1"));
            Assert.AreEqual(RpcStatus.Cancelled, error.Status);
        });

        [Test]
        public void EndingTheWaitCancelsTheJobWhereAsked() => Waiting.Run(async _ =>
        {
            using (var source = new CancellationTokenSource())
            {
                var server = new FakeServer(r => r.Address.AbsolutePath.EndsWith("CancelJob", StringComparison.Ordinal)
                    ? Answer(new Job())
                    : new FakeReply(new[] { Frame(Now(JobState.Running, 0.1)) }) { HangsAtEnd = true });
                var progress = new Stop(source);
                await Waiting.IsCancelled(
                    () => new JobWatch(server.Channel()).WaitAsync("job_1", progress, source.Token, cancelJob: true));
                Assert.AreEqual("job_1", Read<CancelJobRequest>(server.Requests.Last()).JobId);
            }
        });

        [Test]
        public void FilesAreSentInPartsAndGoOnAfterLostConnections() => Waiting.Run(async _ =>
        {
            var files = new Dictionary<string, byte[]> { ["1.jpg"] = new byte[2500000], ["2.jpg"] = new byte[10] };
            new Random(3).NextBytes(files["1.jpg"]);
            var received = new Dictionary<string, MemoryStream>();
            var capture = new Capture { Id = "cap_1", State = CaptureState.Uploading };
            var parts = new List<string>();
            int calls = 0;
            var server = new FakeServer(r =>
            {
                if (++calls % 3 == 0)
                {
                    throw HttpErrors.Lost();
                }
                switch (r.Address.Segments.Last())
                {
                    case "CreateCapture":
                        capture.Files.AddRange(Read<CreateCaptureRequest>(r).Files);
                        return Answer(capture);
                    case "UploadPart":
                        UploadPartRequest part = Read<UploadPartRequest>(r);
                        CaptureFile file = capture.Files.Single(f => f.Name == part.FileName);
                        parts.Add(part.FileName + " " + part.Offset);
                        Assert.AreEqual(file.ReceivedBytes, part.Offset);
                        Assert.AreEqual(Sha256(part.Data.ToArray()), part.Sha256);
                        received.TryAdd(part.FileName, new MemoryStream());
                        received[part.FileName].Write(part.Data.Span);
                        file.ReceivedBytes += part.Data.Length;
                        return Answer(new UploadPartResponse { ReceivedBytes = file.ReceivedBytes });
                    case "FinishCapture":
                        capture.State = CaptureState.Ready;
                        return Answer(capture);
                    default:
                        return Answer(capture);
                }
            });
            UploadFile[] sent = files.Select(f => new UploadFile(f.Key, f.Value.Length, () => new MemoryStream(f.Value))).ToArray();
            Capture done = await new CaptureUpload(server.Channel()).RunAsync(sent, "Tea tin");
            Assert.AreEqual(CaptureState.Ready, done.State);
            Assert.IsTrue(files.All(f => received[f.Key].ToArray().SequenceEqual(f.Value)));
            Assert.IsTrue(capture.Files.All(f => f.Sha256 == Sha256(files[f.Name])));
            CollectionAssert.AreEqual(new[] { "1.jpg 0", "1.jpg 1048576", "1.jpg 2097152", "2.jpg 0" }, parts, "no part goes twice");
        });

        [Test]
        public void AServerThatTakesAPartTwiceGetsEachOnce() => Waiting.Run(async _ =>
        {
            var data = new byte[2500000];
            var capture = new Capture { Id = "cap_1", State = CaptureState.Uploading };
            var offsets = new List<long>();
            var server = new FakeServer(r =>
            {
                switch (r.Address.Segments.Last())
                {
                    case "CreateCapture":
                        capture.Files.AddRange(Read<CreateCaptureRequest>(r).Files);
                        break;
                    case "UploadPart":
                        UploadPartRequest part = Read<UploadPartRequest>(r);
                        offsets.Add(part.Offset);
                        capture.Files[0].ReceivedBytes = Math.Max(capture.Files[0].ReceivedBytes, part.Offset + part.Data.Length);
                        return Answer(new UploadPartResponse { ReceivedBytes = capture.Files[0].ReceivedBytes });
                    case "FinishCapture":
                        capture.State = CaptureState.Ready;
                        break;
                }
                return Answer(capture);
            });
            var progress = new Fractions();
            await new CaptureUpload(server.Channel()).RunAsync(
                new[] { new UploadFile("1.mp4", data.Length, () => new MemoryStream(data)) }, "", CaptureKind.Unspecified, progress);
            CollectionAssert.AreEqual(new[] { 0L, 1048576, 2097152 }, offsets);
            CollectionAssert.AreEqual(new[] { 1048576L, 2097152, 2500000 }, progress.Sent);
        });

        [Test]
        public void TheSameFilesHaveTheSameRequestId() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => Answer(new Capture { State = CaptureState.Ready }));
            foreach (string name in new[] { "a", "a", "b" })
            {
                var file = new UploadFile("1.jpg", 4, () => new MemoryStream(new byte[4]));
                await new CaptureUpload(server.Channel()).RunAsync(new[] { file }, name);
            }
            string[] ids = server.Requests.Select(r => Read<CreateCaptureRequest>(r).RequestId).ToArray();
            Assert.AreEqual(ids[0], ids[1]);
            Assert.AreNotEqual(ids[0], ids[2]);
        });

        [Test]
        public void FilesThatCannotBeReadAreTold() => Waiting.Run(async _ =>
        {
            var upload = new CaptureUpload(new FakeServer(_ => Answer(new Capture())).Channel());
            Assert.AreEqual("NO_FILES", (await Waiting.Fails(() => upload.RunAsync(new UploadFile[0]))).Code);
            Assert.AreEqual("FILE_UNREADABLE", Assert.Throws<ShowfloorException>(() => UploadFile.FromPath("/nowhere/1.jpg")).Code);
            var shrunk = new UploadFile("1.jpg", 9, () => new MemoryStream(new byte[4]));
            Assert.AreEqual("FILE_CHANGED", (await Waiting.Fails(() => upload.RunAsync(new[] { shrunk }))).Code);
        });

        [Test]
        public void AReplyComesInParts() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => Answer(
                new ChatResponse { Token = "It is " },
                new ChatResponse { Card = new Product { Id = "tin" } },
                new ChatResponse { Action = new SceneAction { Kind = SceneActionKind.Rotate, Value = 90 } },
                new ChatResponse { Token = "red." },
                new ChatResponse { Source = new Source { Field = "attributes.colour" } },
                new ChatResponse { Done = new ChatDone { ConversationId = "c1", TurnId = "t1", HandOver = true, Intent = "fact", Confidence = 0.8, Engine = "m", FirstTokenMs = 120 } }));
            var listener = new Listener();
            var session = new DialogueSession(server.Channel());
            DialogueReply reply = await session.SayAsync("What colour?", listener);
            Assert.AreEqual("It is red.", reply.Text);
            Assert.AreEqual("It is |tin|Rotate|red.|attributes.colour", string.Join("|", listener.Heard));
            Assert.AreEqual("t1", reply.TurnId);
            Assert.IsTrue(reply.HandOver);
            Assert.AreEqual("fact 0.8 m 0.12", FormattableString.Invariant($"{reply.Intent} {reply.Confidence} {reply.Engine} {reply.FirstToken.TotalSeconds}"));
            await session.SayAsync("And the lid?");
            Assert.AreEqual("c1", Read<ChatRequest>(server.Requests.Last()).ConversationId);
        });

        [Test]
        public void AReplyWithoutAnEndOrWithoutALifeSignFails() => Waiting.Run(async _ =>
        {
            var cut = new DialogueSession(new FakeServer(_ => Answer(new ChatResponse { Token = "It is " })).Channel());
            Assert.AreEqual("PROTOCOL_INVALID", (await Waiting.Fails(() => cut.SayAsync("What colour?"))).Code);
            var hung = new DialogueSession(new FakeServer(_ => new FakeReply(new[] { FakeServer.Frame(new ChatResponse { Token = "It" }) }) { HangsAtEnd = true }).Channel());
            hung.IdleTimeout = TimeSpan.FromMilliseconds(100);
            Assert.AreEqual("CONNECTION_SILENT", (await Waiting.Fails(() => hung.SayAsync("What colour?"))).Code);
        });

        private static WatchJobResponse Now(JobState state, double fraction) =>
            new WatchJobResponse { Job = new Job { Id = "job_1", State = state, Fraction = fraction } };

        private static string Sha256(byte[] data)
        {
            using (var hash = System.Security.Cryptography.SHA256.Create())
            {
                return string.Concat(hash.ComputeHash(data).Select(b => b.ToString("x2")));
            }
        }

        private sealed class Fractions : IProgress<UploadProgress>
        {
            public List<long> Sent { get; } = new List<long>();

            public void Report(UploadProgress value) => Sent.Add(value.SentBytes);
        }

        private sealed class Stop : IProgress<WatchJobResponse>
        {
            private readonly CancellationTokenSource _source;

            public Stop(CancellationTokenSource source) => _source = source;

            public void Report(WatchJobResponse value) => _source.Cancel();
        }

        private sealed class Listener : IDialogueListener
        {
            public List<string> Heard { get; } = new List<string>();

            public void OnToken(string token) => Heard.Add(token);

            public void OnCard(Product product) => Heard.Add(product.Id);

            public void OnAction(SceneAction action) => Heard.Add(action.Kind.ToString());

            public void OnSource(Source source) => Heard.Add(source.Field);
        }
    }
}
