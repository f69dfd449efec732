#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Http;
using Showfloor.Insights;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Tests
{
    [TestFixture]
    public class EventTests
    {
        private readonly List<Event> _stored = new List<Event>();
        private readonly List<int> _batches = new List<int>();
        private string _file = "";
        private volatile bool _offline;
        private volatile bool _answerIsLost;

        [SetUp]
        public void Begin() => _file = Path.Combine(Path.GetTempPath(), "showfloor-events-" + Guid.NewGuid().ToString("N"), "events.bin");

        [TearDown]
        public void End()
        {
            if (Directory.Exists(Path.GetDirectoryName(_file)))
            {
                Directory.Delete(Path.GetDirectoryName(_file)!, true);
            }
        }

        [Test]
        public void EventsGoInBatchesWithWhoWhenAndWhat() => Waiting.Run(async token =>
        {
            EventRecorder recorder = Recorder(o => o.BatchSize = 2);
            recorder.ShopperId = "s1";
            recorder.Arms["exp-3d"] = "b";
            foreach (EventKind kind in new[] { EventKind.Exposure, EventKind.CardOpened, EventKind.ArPlaced, EventKind.TryOn, EventKind.Purchase })
            {
                recorder.Record(kind, "tin", "vr/hall-1");
            }
            await recorder.FlushAsync(token);
            Assert.AreEqual(0, recorder.Queued);
            Assert.AreEqual(5, _stored.Select(e => e.Id).Distinct().Count());
            CollectionAssert.AreEqual(
                new[] { EventKind.Exposure, EventKind.CardOpened, EventKind.ArPlaced, EventKind.TryOn, EventKind.Purchase },
                _stored.Select(e => e.Kind));
            Assert.That(_batches.Max(), Is.LessThanOrEqualTo(2));
            Event last = _stored.Last();
            Assert.AreEqual("s1", last.ShopperId);
            Assert.AreEqual(recorder.SessionId, last.SessionId);
            Assert.AreEqual("tin", last.ProductId);
            Assert.AreEqual("vr/hall-1", last.Scene);
            Assert.AreEqual("b", last.Arms["exp-3d"]);
            Assert.That(Math.Abs(last.Time!.Seconds - DateTimeOffset.UtcNow.ToUnixTimeSeconds()), Is.LessThan(60));
        });

        [Test]
        public void TheySendThemselves() => Waiting.Run(async token =>
        {
            EventRecorder recorder = Recorder(o => o.Interval = TimeSpan.FromMilliseconds(20));
            recorder.Record(EventKind.Exposure, "a");
            await Until(() => _stored.Count == 1, token);
            recorder.Record(EventKind.Exposure, "b");
            await Until(() => _stored.Count == 2 && recorder.Queued == 0, token);
        });

        [Test]
        public void AFullBatchDoesNotWait() => Waiting.Run(async token =>
        {
            EventRecorder recorder = Recorder(o => (o.Interval, o.BatchSize) = (TimeSpan.FromHours(1), 3));
            for (int i = 0; i < 3; i++)
            {
                recorder.Record(EventKind.Exposure, "p" + i);
            }
            await Until(() => _stored.Count == 3, token);
        });

        [Test]
        public void WhatCouldNotBeSentIsSentAfterTheNextStart() => Waiting.Run(async token =>
        {
            _offline = true;
            EventRecorder first = Recorder();
            string id = first.Record(EventKind.Cart, "tin");
            Assert.AreEqual("SERVER_UNREACHABLE", (await Waiting.Fails(() => first.FlushAsync(token))).Code);
            Assert.IsFalse(await first.CloseAsync(TimeSpan.FromMilliseconds(200)));
            Assert.IsTrue(File.Exists(_file));
            _offline = false;
            EventRecorder second = Recorder();
            Assert.AreEqual(1, second.Queued);
            await second.FlushAsync(token);
            Assert.AreEqual(id, _stored.Single().Id);
            Assert.IsFalse(File.Exists(_file), "nothing is sent a third time");
        });

        [Test]
        public void ALostAnswerDoesNotCountTwice() => Waiting.Run(async token =>
        {
            EventRecorder recorder = Recorder();
            recorder.Record(EventKind.Purchase, "tin");
            _answerIsLost = true;
            await Waiting.Fails(() => recorder.FlushAsync(token));
            Assert.AreEqual(1, recorder.Queued);
            _answerIsLost = false;
            await recorder.FlushAsync(token);
            Assert.AreEqual(2, _stored.Count);
            Assert.AreEqual(1, _stored.Select(e => e.Id).Distinct().Count(), "the server knows it by its id");
        });

        [Test]
        public void TheQueueIsBoundedAndDropsTheOldest() => Waiting.Run(async token =>
        {
            _offline = true;
            EventRecorder recorder = Recorder(o => o.MaxQueued = 10);
            for (int i = 0; i < 25; i++)
            {
                recorder.Record(EventKind.Exposure, "p" + i);
            }
            Assert.AreEqual(10, recorder.Queued);
            Assert.AreEqual(15, recorder.Dropped);
            _offline = false;
            await recorder.FlushAsync(token);
            CollectionAssert.AreEqual(Enumerable.Range(15, 10).Select(i => "p" + i), _stored.Select(e => e.ProductId));
        });

        [Test]
        public void OneRefusedEventDoesNotHoldBackTheOthers() => Waiting.Run(async token =>
        {
            EventRecorder recorder = Recorder();
            var told = new List<string>();
            recorder.Failed += error => told.Add(error.Code);
            for (int i = 0; i < 20; i++)
            {
                recorder.Record(EventKind.Exposure, i == 7 ? "refused" : "p" + i);
            }
            await recorder.FlushAsync(token);
            Assert.AreEqual(19, _stored.Count);
            Assert.AreEqual(1, recorder.Dropped);
            CollectionAssert.AreEqual(new[] { "INVALID_ARGUMENT" }, told);
        });

        [Test]
        public void ATornFileKeepsWhatIsWhole() => Waiting.Run(async token =>
        {
            _offline = true;
            EventRecorder first = Recorder();
            for (int i = 0; i < 5; i++)
            {
                first.Record(EventKind.Exposure, "p" + i);
            }
            first.Save();
            byte[] data = File.ReadAllBytes(_file);
            for (int length = 0; length < data.Length; length += 7)
            {
                File.WriteAllBytes(_file, data.AsSpan(0, length).ToArray());
                Assert.That(Recorder().Queued, Is.LessThan(5));
            }
            File.WriteAllBytes(_file, data.AsSpan(0, data.Length - 3).ToArray());
            Assert.AreEqual(4, Recorder().Queued);
            new Random(1).NextBytes(data);
            File.WriteAllBytes(_file, data);
            _ = Recorder();
            await Task.CompletedTask;
        });

        [Test]
        public void WhatAnAppThatEndedInTheMiddleLeftDoesNotComeBack() => Waiting.Run(async token =>
        {
            _offline = true;
            EventRecorder first = Recorder();
            first.Record(EventKind.Cart, "tin");
            first.Save();
            File.Copy(_file, _file + ".half");
            EventRecorder second = Recorder();
            Assert.AreEqual(1, second.Queued);
            second.Forget();
            Assert.AreEqual(0, Recorder().Queued, "forgotten is forgotten");
            await Task.CompletedTask;
        });

        [Test]
        public void AListenerThatThrowsDoesNotEndTheSending() => Waiting.Run(async token =>
        {
            _offline = true;
            bool threw = false;
            EventRecorder recorder = Recorder(o => (o.Interval, o.Retry) = (TimeSpan.FromMilliseconds(10), new RetryPolicy(1, 0.01, 0.01)));
            recorder.Failed += _ =>
            {
                _offline = false;
                threw = true;
                throw new InvalidOperationException("a mistake of the app");
            };
            recorder.Record(EventKind.Exposure, "a");
            await Until(() => threw, token);
            while (_stored.Count < 2)
            {
                recorder.Record(EventKind.Exposure, "b");
                await Task.Delay(20, token);
            }
        });

        [Test]
        public void ClosingKeepsTheEventsBeforeItTriesToSendThem() => Waiting.Run(async token =>
        {
            bool kept = false;
            RpcChannel channel = new FakeServer(request =>
            {
                kept = File.Exists(_file);
                return FakeServer.Answer(new RecordEventsResponse());
            }).Channel();
            var recorder = new EventRecorder(() => channel, new EventRecorderOptions { File = _file, Interval = TimeSpan.FromHours(1) });
            recorder.Record(EventKind.Exposure, "tin");
            Assert.IsTrue(await recorder.CloseAsync(TimeSpan.FromSeconds(20)));
            Assert.IsTrue(kept, "the app may be ended while it waits for the server");
        });

        [Test]
        public void ClosingIsBoundedAndForgettingForgets() => Waiting.Run(async token =>
        {
            var server = new FakeServer(async (request, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return FakeServer.Answer();
            });
            RpcChannel channel = server.Channel();
            var recorder = new EventRecorder(() => channel, new EventRecorderOptions { File = _file });
            recorder.Record(EventKind.Exposure, "tin");
            var clock = System.Diagnostics.Stopwatch.StartNew();
            Assert.IsFalse(await recorder.CloseAsync(TimeSpan.FromMilliseconds(150)));
            Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(5));
            Assert.IsTrue(File.Exists(_file));
            recorder.Forget();
            Assert.AreEqual(0, recorder.Queued);
            Assert.IsFalse(File.Exists(_file));
        });

        [Test]
        public void WhatTheServerWouldRefuseIsToldAtOnce()
        {
            EventRecorder recorder = Recorder();
            Assert.AreEqual("EVENT_INVALID", Code(() => recorder.Record(EventKind.Unspecified)));
            Assert.AreEqual("EVENT_INVALID", Code(() => recorder.Record(EventKind.Cart, new string('x', 65))));
            Assert.AreEqual("EVENT_INVALID", Code(() => recorder.Record(EventKind.Cart, "a\nb")));
            Assert.AreEqual("EVENT_INVALID", Code(() => recorder.Record(EventKind.Cart, "a", new string('x', 201))));
            Assert.AreEqual(0, recorder.Queued);
        }

        private static string Code(Action act) => Assert.Throws<ShowfloorException>(() => act()).Code;

        private static async Task Until(Func<bool> holds, CancellationToken token)
        {
            while (!holds())
            {
                await Task.Delay(5, token);
            }
        }

        private EventRecorder Recorder(Action<EventRecorderOptions>? change = null)
        {
            var options = new EventRecorderOptions { File = _file, Interval = TimeSpan.FromHours(1) };
            change?.Invoke(options);
            RpcChannel channel = new FakeServer(Answer).Channel();
            return new EventRecorder(() => channel, options);
        }

        private HttpReply Answer(HttpRequest request)
        {
            if (_offline)
            {
                throw HttpErrors.Unreachable(request.Address);
            }
            var events = FakeServer.Read<RecordEventsRequest>(request).Events;
            if (events.Any(e => e.ProductId == "refused"))
            {
                return FakeServer.Error((int)RpcStatus.InvalidArgument);
            }
            lock (_stored)
            {
                _batches.Add(events.Count);
                _stored.AddRange(events);
            }
            return _answerIsLost ? FakeServer.Body(new byte[0]) : FakeServer.Answer(new RecordEventsResponse { Stored = events.Count });
        }
    }
}
