#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Editor;
using Showfloor.Http;
using Showfloor.Rpc;
using Showfloor.Unity;
using Showfloor.Unity.Http;
using Showfloor.Unity.Lifetime;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;
using UnityEngine.Networking;

namespace Showfloor.Tests
{
    /// <summary>Domain reload, play mode, several clients, and what goes on behind them.</summary>
    [TestFixture]
    public class LifeTests
    {
        private readonly FakeAsset _asset = new FakeAsset();
        private readonly FakeLoader _loader = new FakeLoader();
        private string _folder = "";

        [SetUp]
        public void Begin()
        {
            _folder = Path.Combine(Path.GetTempPath(), "showfloor-life-" + Guid.NewGuid().ToString("N"));
            Application.temporaryCachePath = Application.persistentDataPath = _folder;
            Application.isPlaying = true;
        }

        [TearDown]
        public void End()
        {
            UnityWebRequest.Sent = null;
            Shutdown.CloseAll();
            if (Directory.Exists(_folder))
            {
                Directory.Delete(_folder, true);
            }
        }

        [Test]
        public void ADomainReloadFreesRequestsAlthoughNoFrameRunsAnyMore() => MainLoop.Run(async loop =>
        {
            UnityWebRequest? sent = null;
            UnityWebRequest.Sent = web => sent = web;
            ShowfloorClient client = Client();
            client.TransportFactory = null;
            Task load = client.LoadAsync("sku-42", new GameObject("shelf").transform);
            await loop.Until(() => sent != null);
            Shutdown.CloseAll();
            Assert.IsTrue(sent!.Aborted);
            Assert.IsTrue(sent.Disposed);
            Assert.IsFalse(sent.useHttpContinue, "it costs a round trip, or a second");
            Assert.AreEqual("CHANNEL_CLOSED", (await Waiting.Fails(() => load)).Code);
        });

        [Test]
        public void AfterPlayModeTheNextCallOpensAnotherConnection() => MainLoop.Run(async loop =>
        {
            RpcChannel editor = EditorConnection.Channel;
            ShowfloorClient client = Client();
            RpcChannel channel = client.Channel;
            Shutdown.CloseAll();
            Assert.IsTrue(channel.IsClosed);
            Assert.IsTrue(editor.IsClosed);
            Assert.IsFalse(EditorConnection.Channel.IsClosed);
            await client.LoadAsync("sku-42", new GameObject("shelf").transform);
        });

        [Test]
        public void AConversationGoesOnOnAnotherConnection() => MainLoop.Run(async loop =>
        {
            var asked = new List<ChatRequest>();
            var holder = new GameObject("assistant");
            ShowfloorClient client = holder.AddComponent<ShowfloorClient>();
            client.Settings = ScriptableObject.CreateInstance<ShowfloorSettings>();
            client.TransportFactory = () => new FakeServer(request =>
            {
                asked.Add(FakeServer.Read<ChatRequest>(request));
                return FakeServer.Answer(
                    new ChatResponse { Token = "Yes." },
                    new ChatResponse { Done = new ChatDone { ConversationId = "c1", TurnId = "t", Intent = "fit", Confidence = 0.9 } });
            });
            DialogueClient dialogue = holder.AddComponent<DialogueClient>();
            client.ShopperId = "guest-1";
            Dialogue.DialogueReply reply = await dialogue.SayAsync("one");
            Assert.AreEqual("fit", reply.Intent);
            Assert.AreEqual(0.9, reply.Confidence);
            client.ApiKey = "sfk_other";
            await dialogue.SayAsync("two");
            CollectionAssert.AreEqual(new[] { "", "c1" }, asked.Select(a => a.ConversationId));
            Assert.AreEqual("guest-1", asked[0].ShopperId);
        });

        [Test]
        public void ProgressNeverFallsAndEndsWithComplete() => MainLoop.Run(async loop =>
        {
            var told = new List<LoadProgress>();
            var progress = new Told(told.Add);
            var whole = new LoadOptions { WaitForFinest = true };
            await Client().LoadAsync("sku-42", new GameObject("shelf").transform, default, progress, whole);
            for (int i = 0; i < 20; i++)
            {
                await Task.Yield();
            }
            CollectionAssert.IsOrdered(told.Select(t => t.Fraction).ToList());
            Assert.AreEqual(LoadStage.Complete, told.Last().Stage);
            Assert.AreEqual(1f, told.Last().Fraction);
            Assert.IsTrue(told.Any(t => t.Stage == LoadStage.Downloading));
        });

        [Test]
        public void ClientsShareOneCache() => MainLoop.Run(async loop =>
        {
            ShowfloorClient one = Client();
            ShowfloorClient two = Client();
            Assert.AreSame(one.Cache, two.Cache);
            await one.LoadAsync("sku-42", new GameObject("a").transform, default, null, new LoadOptions { WaitForFinest = true });
            long sent = _asset.BytesSent;
            await two.LoadAsync("sku-42", new GameObject("b").transform, default, null, new LoadOptions { WaitForFinest = true });
            Assert.AreEqual(sent, _asset.BytesSent);
            two.Settings.CacheBytes = 0;
            DiskCache.Shared(Path.Combine(_folder, "showfloor"), 100);
            Assert.That(one.Cache!.Bytes, Is.LessThanOrEqualTo(100));
        });

        [Test]
        public void AFinerLevelThatFailsIsToldInTheConsole() => MainLoop.Run(async loop =>
        {
            string told = "";
            Debug.Sink = (type, text) => told += text;
            _loader.FailsAt = 0;
            ProductModel model = await Client().LoadAsync("sku-42", new GameObject("shelf").transform);
            await Waiting.Fails(() => model.Completed);
            Debug.Sink = null;
            StringAssert.Contains("MODEL_UNREADABLE", told);
            Assert.AreEqual(2, model.LevelCount, "what is shown stays");
        });

        [Test]
        public void AMaterialThatIsChosenWhileLevelsComeHoldsForAll() => MainLoop.Run(async loop =>
        {
            ProductModel model = await Client().LoadAsync("sku-42", new GameObject("shelf").transform);
            await model.SetMaterialVariantAsync("blue");
            await model.SetMaterialVariantAsync("no such");
            Assert.AreEqual("blue", model.MaterialVariant);
            await model.Completed;
            Assert.IsTrue(_loader.Made.All(m => m.Variant == "blue"));
            await model.SetMaterialVariantAsync("");
            Assert.IsTrue(_loader.Made.All(m => m.Variant == ""));
        });

        [Test]
        public void ALaterActionLeavesNothingOfTheOneBefore() => MainLoop.Run(async loop =>
        {
            var stage = new GameObject("stage");
            ShowfloorClient client = stage.AddComponent<ShowfloorClient>();
            client.Settings = ScriptableObject.CreateInstance<ShowfloorSettings>();
            client.TransportFactory = _asset.Server;
            client.ModelLoader = _loader;
            SceneDirector director = stage.AddComponent<SceneDirector>();
            typeof(SceneDirector).GetField("_client", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.SetValue(director, client);
            var ended = new List<Task>();
            Task first = director.ShowAsync(new[] { "a", "b" });
            for (int i = 0; i < 12; i++)
            {
                for (int frame = 0; frame < i; frame++)
                {
                    await Task.Yield();
                }
                Task before = first;
                first = director.ShowAsync(new[] { "c" + i });
                ended.Add(before);
            }
            await first;
            await Task.WhenAny(Task.WhenAll(ended), Task.Delay(10000));
            Assert.IsTrue(ended.All(e => e.IsCanceled || e.IsCompletedSuccessfully));
            CollectionAssert.AreEqual(new[] { "c11" }, director.Shown.Keys);
            Assert.AreEqual(1, stage.transform.childCount);
        });

        [Test]
        public void EventsAreRecordedOnlyWhereTheSettingsSaySo() => MainLoop.Run(async loop =>
        {
            var recorded = new List<Event>();
            ShowfloorClient client = Client();
            client.TransportFactory = () => new FakeServer(request =>
            {
                if (!request.Address.AbsolutePath.Contains("RecordEvents"))
                {
                    return _asset.Reply(request);
                }
                recorded.AddRange(FakeServer.Read<RecordEventsRequest>(request).Events);
                return FakeServer.Answer(new RecordEventsResponse { Stored = 1 });
            });
            await client.LoadAsync("sku-42", new GameObject("shelf").transform);
            client.Record(EventKind.ArPlaced, "sku-42");
            await client.Events.FlushAsync();
            Assert.AreEqual(0, recorded.Count);
            client.RecordsEvents = true;
            Assert.IsFalse(client.Settings.RecordsEvents, "the shopper's answer does not change the project");
            await client.LoadAsync("sku-42", new GameObject("shelf").transform);
            client.Record(EventKind.ArPlaced, "sku-42", "ar-try-on");
            await client.Events.FlushAsync();
            CollectionAssert.AreEqual(new[] { EventKind.Exposure, EventKind.ArPlaced }, recorded.Select(e => e.Kind));
            Assert.AreEqual(client.ShopperId, recorded[1].ShopperId);
            client.Record(EventKind.Cart, "sku-42");
            Shutdown.CloseAll();
            Assert.AreEqual(EventKind.Cart, recorded.Last().Kind, "quitting sends what waits");
        });

        [Test]
        public void NoByteIsReadOnTheMainThread() => MainLoop.Run(async loop =>
        {
            int reads = 0;
            bool here = false;
            ShowfloorClient client = Client();
            client.TransportFactory = () => new FakeServer(request => new Watched(_asset.Reply(request), () =>
            {
                reads++;
                here |= loop.IsHere;
            }));
            var whole = new LoadOptions { WaitForFinest = true, Cache = CacheUse.Ignore };
            await client.LoadAsync("sku-42", new GameObject("shelf").transform, default, null, whole);
            Assert.That(reads, Is.GreaterThan(3));
            Assert.IsFalse(here, "a frame must not wait for what came while a level was shown");
        });

        [Test]
        public void OnQuitEventsAreKeptWhereUnityCannotSendThemAnyMore() => MainLoop.Run(async loop =>
        {
            ShowfloorClient client = Client();
            client.TransportFactory = null;
            client.Settings.RecordsEvents = true;
            client.Record(EventKind.Cart, "sku-42");
            var clock = System.Diagnostics.Stopwatch.StartNew();
            Shutdown.CloseAll();
            Assert.That(clock.ElapsedMilliseconds, Is.LessThan(900));
            Assert.AreEqual(1, client.Events.Queued);
            Assert.IsTrue(File.Exists(Path.Combine(_folder, "showfloor", "events.bin")));
            await Task.CompletedTask;
        });

        [Test]
        public void PlainHttpThatTheDeviceForbidsIsToldAsSuch() => MainLoop.Run(async loop =>
        {
            UnityWebRequest.Sent = web => web.End(UnityWebRequest.Result.ConnectionError, "Cleartext HTTP traffic to shop not permitted");
            using var transport = new UnityWebRequestTransport();
            var request = new HttpRequest("GET", new Uri("http://shop:8080/files/a"));
            ShowfloorException error = await Waiting.Fails(() => transport.SendAsync(request, default));
            Assert.AreEqual("REQUEST_REFUSED", error.Code);
            StringAssert.Contains("https", error.Fix);
        });

        private ShowfloorClient Client()
        {
            ShowfloorClient client = new GameObject("client").AddComponent<ShowfloorClient>();
            client.Settings = ScriptableObject.CreateInstance<ShowfloorSettings>();
            client.TransportFactory = _asset.Server;
            client.ModelLoader = _loader;
            return client;
        }

        private sealed class Watched : HttpReply
        {
            private readonly HttpReply _reply;
            private readonly Action _read;

            public Watched(HttpReply reply, Action read)
            {
                _reply = reply;
                _read = read;
            }

            public override int Status => _reply.Status;

            public override string? Header(string name) => _reply.Header(name);

            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
            {
                _read();
                return _reply.ReadAsync(buffer, cancellationToken);
            }

            public override void Dispose() => _reply.Dispose();
        }

        private sealed class Told : IProgress<LoadProgress>
        {
            private readonly Action<LoadProgress> _tell;

            public Told(Action<LoadProgress> tell) => _tell = tell;

            public void Report(LoadProgress value) => _tell(value);
        }
    }
}
