#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Scene;
using Showfloor.Unity;
using Showfloor.Unity.Lifetime;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;

namespace Showfloor.Tests
{
    [TestFixture]
    public class SceneTests
    {
        [Test]
        public void LoadingWaitsForTheNextFrameOnceItsBudgetIsSpent()
        {
            double now = 0;
            var agent = new FrameBudgetAgent(new FrameBudget(3, () => now));
            Time.frameCount = 100;
            Assert.IsFalse(agent.ShouldDefer());
            now = 2.9;
            Assert.IsFalse(agent.ShouldDefer());
            Assert.IsTrue(agent.ShouldDefer(0.001f), "1 ms does not fit into 0.1 ms");
            now = 3.1;
            Assert.IsTrue(agent.ShouldDefer());
            Time.frameCount = 101;
            Assert.IsFalse(agent.ShouldDefer(0.010f), "what is longer than a budget begins with a frame");
            Assert.IsTrue(agent.ShouldDefer(0.010f));
        }

        [Test]
        public void ABreakPointYieldsExactlyOneFrame() => MainLoop.Run(async loop =>
        {
            double now = 0;
            var agent = new FrameBudgetAgent(new FrameBudget(3, () => now));
            await agent.BreakPoint();
            int frame = Time.frameCount;
            await agent.BreakPoint();
            Assert.AreEqual(frame, Time.frameCount);
            now = 4;
            await agent.BreakPoint();
            Assert.AreEqual(frame + 1, Time.frameCount);
        });

        [Test]
        public void TokensCardsAndActionsComeInOrderOnTheMainThread() => MainLoop.Run(async loop =>
        {
            var server = new FakeServer(_ => FakeServer.Answer(
                new ChatResponse { Token = "It " },
                new ChatResponse { Token = "fits." },
                new ChatResponse { Card = new Product { Id = "sku-42" } },
                new ChatResponse { Action = new SceneAction { Kind = SceneActionKind.Show, ProductIds = { "sku-42" } } },
                new ChatResponse { Done = new ChatDone { ConversationId = "c1", TurnId = "t1" } }));
            DialogueClient dialogue = Dialogue(server);
            var told = new List<string>();
            void Note(string what)
            {
                Assert.IsTrue(loop.IsHere);
                told.Add(what);
            }
            dialogue.TokenReceived += Note;
            dialogue.TextChanged.AddListener(text => Note("=" + text));
            dialogue.CardReceived += card => Note("card " + card.Id);
            dialogue.ActionReceived += action => Note("action " + action.Kind);
            dialogue.Replied.AddListener(text => Note("done " + text));
            Dialogue.DialogueReply reply = await dialogue.SayAsync("Does it fit?");
            CollectionAssert.AreEqual(
                new[] { "It ", "=It ", "fits.", "=It fits.", "card sku-42", "action Show", "done It fits." }, told);
            Assert.AreEqual("t1", reply.TurnId);
            Assert.IsFalse(dialogue.IsBusy);
        });

        [Test]
        public void ANewQuestionEndsTheReplyToTheOneBefore() => MainLoop.Run(async loop =>
        {
            int calls = 0;
            var server = new FakeServer(_ => ++calls == 1
                ? new FakeReply(new[] { FakeServer.Frame(new ChatResponse { Token = "old" }) }) { HangsAtEnd = true }
                : FakeServer.Answer(new ChatResponse { Token = "new" }, new ChatResponse { Done = new ChatDone() }));
            DialogueClient dialogue = Dialogue(server);
            Task first = dialogue.SayAsync("one");
            await loop.Until(() => calls == 1);
            Dialogue.DialogueReply reply = await dialogue.SayAsync("two");
            Assert.AreEqual("new", reply.Text);
            await Waiting.IsCancelled(() => first);
        });

        [Test]
        public void AFailureIsToldToShoppersKindly() => MainLoop.Run(async loop =>
        {
            DialogueClient dialogue = Dialogue(new FakeServer(_ => FakeServer.Error(12)));
            string told = "";
            dialogue.Failed.AddListener(text => told = text);
            ShowfloorException error = await Waiting.Fails(() => dialogue.SayAsync("hello"));
            Assert.AreEqual(RpcStatus.Unimplemented, error.Status);
            StringAssert.Contains("cannot do that yet", told);
            dialogue.GetComponent<ShowfloorClient>().Settings.Language = "zh-CN";
            await Waiting.Fails(() => dialogue.SayAsync("hello"));
            StringAssert.Contains("暂时还没有", told);
        });

        [Test]
        public void ActionsAreDoneInOrderAndWhatTakesOverEndsTheLoading() => MainLoop.Run(async loop =>
        {
            var queue = new ActionQueue();
            var done = new List<string>();
            Task load = queue.RunAsync(true, token => Task.Delay(Timeout.Infinite, token), default);
            Task turn = queue.RunAsync(false, _ => Did("turn"), default);
            Task wrong = queue.RunAsync(false, _ => throw new InvalidOperationException("a mistake of the app"), default);
            Assert.AreEqual(0, done.Count, "the turn waits for the load");
            Task other = queue.RunAsync(true, _ => Did("other"), default);
            await other;
            CollectionAssert.AreEqual(new[] { "turn", "other" }, done);
            await Waiting.IsCancelled(() => load);
            Assert.IsTrue(turn.IsCompleted && wrong.IsFaulted, "what failed holds nothing up");

            Task Did(string what)
            {
                done.Add(what);
                return Task.CompletedTask;
            }
        });

        [Test]
        public void ACameraThatIsStartedAnewGoesOn() => MainLoop.Run(async loop =>
        {
            WebCamTexture.devices = new WebCamDevice[1];
            using (var camera = new SelfieCamera())
            using (var closed = new CancellationTokenSource())
            {
                Task first = camera.StartAsync(closed.Token);
                await loop.Until(() => camera.Preview != null);
                closed.Cancel();
                Task second = camera.StartAsync();
                await Waiting.IsCancelled(() => first);
                await loop.Until(() => camera.Preview != null);
                ((WebCamTexture)camera.Preview!).didUpdateThisFrame = true;
                await second;
                Assert.IsTrue(((WebCamTexture)camera.Preview!).isPlaying);
            }
            WebCamTexture.devices = new WebCamDevice[0];
        });

        [Test]
        public void ClosingEverythingHasABound()
        {
            bool closed = false;
            Shutdown.Register(_ =>
            {
                closed = true;
                return Task.CompletedTask;
            });
            IDisposable gone = Shutdown.Register(_ => throw new InvalidOperationException("was taken back"));
            gone.Dispose();
            Assert.IsTrue(Shutdown.CloseAll());
            Assert.IsTrue(closed);
            Shutdown.Register(_ => Task.Delay(Timeout.Infinite));
            var clock = Stopwatch.StartNew();
            Assert.IsFalse(Shutdown.CloseAll());
            Assert.That(clock.Elapsed, Is.LessThan(Shutdown.Bound + TimeSpan.FromSeconds(4)));
            Assert.IsTrue(Shutdown.CloseAll(), "it is asked once");
        }

        private static DialogueClient Dialogue(FakeServer server)
        {
            var holder = new GameObject("assistant");
            ShowfloorClient client = holder.AddComponent<ShowfloorClient>();
            client.Settings = ScriptableObject.CreateInstance<ShowfloorSettings>();
            client.TransportFactory = () => server;
            return holder.AddComponent<DialogueClient>();
        }
    }
}
