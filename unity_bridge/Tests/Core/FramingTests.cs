#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Http;
using Showfloor.Rpc;
using Showfloor.V1;
using static Showfloor.Tests.FakeServer;

namespace Showfloor.Tests
{
    [TestFixture]
    public class FramingTests
    {
        [TestCase(1)]
        [TestCase(2)]
        [TestCase(5)]
        [TestCase(6)]
        [TestCase(4096)]
        [TestCase(1000000)]
        public void FramesAreFoundHoweverTheyArrive(int piece) => Waiting.Run(async _ =>
        {
            var sent = Enumerable.Range(0, 40).Select(i => new Lod { Level = i, Path = new string('p', i * 331 % 9000) }).ToList();
            byte[] all = sent.SelectMany(Frame).Concat(Trailer()).ToArray();
            List<Lod> got = await Waiting.All(Stream<Lod>(Cut(all, piece)));
            CollectionAssert.AreEqual(sent.Select(l => l.Level + l.Path), got.Select(l => l.Level + l.Path));
        });

        [TestCase(false)]
        [TestCase(true)]
        public void LargeMessagesArrive(bool share) => Waiting.Run(async _ =>
        {
            var data = new byte[3000000];
            new Random(1).NextBytes(data);
            byte[] all = Frame(new Chunk { Data = data }).Concat(Frame(new Chunk { Offset = 5 })).Concat(Trailer()).ToArray();
            var offsets = new List<long>();
            await foreach (Chunk chunk in Stream<Chunk>(Cut(all, 70000), new CallOptions { ShareBytes = share }))
            {
                offsets.Add(chunk.Offset);
                Assert.IsTrue(chunk.Data.IsEmpty || chunk.Data.Span.SequenceEqual(data));
            }
            CollectionAssert.AreEqual(new[] { 0L, 5L }, offsets);
        });

        [Test]
        public void ALostConnectionIsUnavailable() => Fails("CONNECTION_LOST", RpcStatus.Unavailable, Frame(new Lod()));

        [Test]
        public void AFrameThatIsCutOffIsUnavailable() =>
            Fails("CONNECTION_LOST", RpcStatus.Unavailable, Frame(new Lod { Path = "abc" }).Take(7).ToArray());

        [Test]
        public void ACompressedFrameIsRefused() =>
            Fails("PROTOCOL_INVALID", RpcStatus.Internal, Frame(1, new byte[3]), Trailer());

        [Test]
        public void ALengthOfFourGigabytesIsRefusedBeforeItIsBelieved() =>
            Fails("MESSAGE_TOO_LARGE", RpcStatus.ResourceExhausted, new byte[] { 0, 255, 255, 255, 255, 1 });

        [Test]
        public void AMessageBeyondTheLimitIsRefused() =>
            Fails("MESSAGE_TOO_LARGE", RpcStatus.ResourceExhausted, new byte[] { 0, 1, 0, 0, 1 });

        [Test]
        public void TrailersBeyondTheLimitAreRefused() =>
            Fails("MESSAGE_TOO_LARGE", RpcStatus.ResourceExhausted, new byte[] { 0x80, 0, 1, 0, 1 });

        [Test]
        public void TrailersWithoutAStatusAreRefused() =>
            Fails("PROTOCOL_INVALID", RpcStatus.Internal, Frame(0x80, new byte[] { 65, 58, 66 }));

        [Test]
        public void AStatusOfANewerGrpcIsUnknown() => Fails("UNKNOWN", RpcStatus.Unknown, Trailer(99));

        [Test]
        public void AMessageThatIsNoneOfOursIsRefused() =>
            Fails("MESSAGE_INVALID", RpcStatus.Internal, Frame(0, new byte[] { 0x1a, 200 }), Trailer());

        internal static IAsyncEnumerable<T> Stream<T>(IEnumerable<byte[]> pieces, CallOptions? options = null)
            where T : class, Wire.IMessage, new()
        {
            var method = new RpcMethod<Lod, T>("showfloor.v1.Test/Stream", true, _ => false);
            return new FakeServer(_ => new FakeReply(pieces)).Channel().StreamAsync(method, new Lod(), options);
        }

        internal static IEnumerable<byte[]> Cut(byte[] all, int piece)
        {
            for (int i = 0; i < all.Length; i += piece)
            {
                yield return all.AsSpan(i, Math.Min(piece, all.Length - i)).ToArray();
            }
        }

        private static void Fails(string code, RpcStatus status, params byte[][] pieces) => Waiting.Run(async _ =>
        {
            ShowfloorException error = await Waiting.Fails(() => Waiting.All(Stream<Lod>(pieces)));
            Assert.AreEqual(code, error.Code);
            Assert.AreEqual(status, error.Status);
            Assert.That(error.Fix, Is.Not.Empty);
        });
    }
}
