#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Dialogue;
using Showfloor.Insights;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Tests
{
    /// <summary>The assistant and the insights of the real server, whose engine is none: templates phrase every reply.</summary>
    [TestFixture]
    public class LiveShopTests
    {
        [Test]
        public void TheAssistantAnswersFromTheCatalogueAndGoesOn() => Waiting.Run(
            async token =>
            {
                using (RpcChannel channel = LiveServer.Shared.Channel())
                {
                    string id = await AddLampAsync(channel, token);
                    var session = new DialogueSession(channel) { Language = "en", ProductId = id, ShopperId = "guest-1" };
                    var listener = new Heard();
                    DialogueReply reply = await session.SayAsync("How much does it cost?", listener, token);
                    StringAssert.Contains("49.90", reply.Text);
                    Assert.AreEqual(reply.Text, listener.Text);
                    Assert.AreEqual("price", reply.Intent);
                    Assert.That(reply.Confidence, Is.GreaterThan(0).And.LessThanOrEqualTo(1));
                    Assert.AreEqual("", reply.Engine);
                    Assert.IsTrue(reply.Sources.Any(s => s.ProductId == id && s.Field.StartsWith("price", StringComparison.Ordinal)));
                    Assert.That(reply.FirstToken, Is.LessThan(TimeSpan.FromSeconds(30)));
                    string conversation = session.ConversationId;
                    Assert.AreNotEqual("", conversation);
                    await session.FeedbackAsync(reply.TurnId, true, "Thanks", token);
                    DialogueReply size = await session.SayAsync("What are its dimensions?", null, token);
                    Assert.AreEqual(conversation, session.ConversationId);
                    StringAssert.Contains("31", size.Text);
                    var chinese = new DialogueSession(channel) { Language = "zh", ProductId = id };
                    StringAssert.Contains("49.90", (await chinese.SayAsync("多少钱？", null, token)).Text);
                }
            },
            80);

        [Test]
        public void AConversationThatIsGoneBeginsAnew() => Waiting.Run(
            async token =>
            {
                using (RpcChannel channel = LiveServer.Shared.Channel())
                {
                    var session = new DialogueSession(channel) { Language = "en" };
                    await session.SayAsync("Hello", null, token);
                    string first = session.ConversationId;
                    var other = new DialogueSession(channel, first) { Language = "en" };
                    await session.ForgetAsync(token);
                    Assert.AreEqual("", session.ConversationId);
                    DialogueReply reply = await other.SayAsync("Hello again", null, token);
                    Assert.AreNotEqual("", reply.Text);
                    Assert.AreNotEqual(first, other.ConversationId);
                    ShowfloorException empty = await Waiting.Fails(() => other.SayAsync("", null, token));
                    Assert.AreEqual(RpcStatus.InvalidArgument, empty.Status);
                    Assert.AreNotEqual("", empty.Fix);
                }
            },
            80);

        [Test]
        public void EventsReachTheFunnelOnce() => Waiting.Run(
            async token =>
            {
                using (RpcChannel channel = LiveServer.Shared.Channel())
                {
                    string product = "lamp-" + Guid.NewGuid().ToString("N").Substring(0, 8);
                    var recorder = new EventRecorder(() => channel, new EventRecorderOptions { Interval = TimeSpan.FromHours(1) });
                    var kinds = new[]
                    {
                        EventKind.Exposure, EventKind.CardOpened, EventKind.ArPlaced, EventKind.TryOn, EventKind.VrVisit,
                        EventKind.Cart, EventKind.Purchase,
                    };
                    foreach (string shopper in new[] { "s1", "s2" })
                    {
                        recorder.ShopperId = shopper;
                        foreach (EventKind kind in kinds.Take(shopper == "s1" ? kinds.Length : 2))
                        {
                            recorder.Record(kind, product, "vr-showroom/hall-1");
                        }
                    }
                    string path = Path.Combine(LiveServer.Shared.Folder, "events-" + product + ".bin");
                    var offline = new EventRecorder(
                        () => LiveServer.Shared.Channel(9), new EventRecorderOptions { Interval = TimeSpan.FromHours(1), File = path });
                    offline.ShopperId = "s3";
                    string late = offline.Record(EventKind.Exposure, product);
                    Assert.IsFalse(await offline.CloseAsync(TimeSpan.FromSeconds(5)));
                    await recorder.FlushAsync(token);
                    await new EventRecorder(() => channel, new EventRecorderOptions { File = path }).FlushAsync(token);
                    var client = new InsightsServiceClient(channel);
                    var again = new RecordEventsRequest { Events = { new Event { Id = late, Kind = EventKind.Exposure, ProductId = product } } };
                    Assert.AreEqual(0, (await client.RecordEventsAsync(again, null, token)).Stored, "it is there, under its id");
                    FunnelResponse funnel = await client.FunnelAsync(new FunnelRequest { ProductId = product }, null, token);
                    Dictionary<EventKind, long> steps = funnel.Steps.ToDictionary(s => s.Kind, s => s.Shoppers);
                    Assert.AreEqual(3, steps[EventKind.Exposure]);
                    Assert.AreEqual(2, steps[EventKind.CardOpened]);
                    Assert.AreEqual(1, steps[EventKind.Purchase]);
                }
            },
            80);

        private static async Task<string> AddLampAsync(RpcChannel channel, CancellationToken token)
        {
            var lamp = new Product
            {
                Id = "lamp-" + Guid.NewGuid().ToString("N").Substring(0, 8),
                Category = "home/lamps",
                Price = new Money { CurrencyCode = "EUR", Units = 49, Nanos = 900000000 },
                Stock = 4,
                Size = new Size { XM = 0.18, YM = 0.31, ZM = 0.18 },
            };
            lamp.Titles["en"] = "Nightjar table lamp";
            lamp.Titles["zh"] = "夜鹰台灯";
            lamp.Attributes["colour"] = "sand";
            return (await new CatalogServiceClient(channel).UpsertProductAsync(new UpsertProductRequest { Product = lamp }, null, token)).Id;
        }

        private sealed class Heard : IDialogueListener
        {
            public string Text { get; private set; } = "";

            public void OnToken(string token) => Text += token;

            public void OnCard(Product product)
            {
            }

            public void OnAction(SceneAction action)
            {
            }

            public void OnSource(Source source)
            {
            }
        }
    }
}
