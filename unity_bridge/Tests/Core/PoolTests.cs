#nullable enable
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using NUnit.Framework;
using Showfloor.Captures;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Tests
{
    /// <summary>Memory that is rented goes back once. Given back twice, it is lent to two at the same time, who then write into
    /// each other's requests.</summary>
    [TestFixture]
    public class PoolTests
    {
        private const int Part = 1024 * 1024;

        [Test]
        public void ARequestGivesItsMemoryBackOnce() => GivesBackOnce(700, () =>
        {
            var body = new RequestBody(new Chunk { Data = new byte[600] });
            body.Dispose();
            body.Dispose();
        });

        [TestCase(100, 4 * 1024)]
        [TestCase(30000, 4 * 1024)]
        [TestCase(30000, 512 * 1024)]
        [TestCase(700000, 512 * 1024)]
        public void AReplyGivesItsMemoryBackOnce(int message, int rented) => GivesBackOnce(rented, () =>
        {
            var frames = new FrameReader(FakeServer.Answer(new Chunk { Data = new byte[message] }), int.MaxValue);
            Assert.IsTrue(frames.NextAsync(CancellationToken.None).Result);
            Assert.AreEqual(message, Wire.Proto.Parse<Chunk>(frames.Message).Data.Length);
            frames.Dispose();
            frames.Dispose();
        });

        [Test]
        public void AnUploadGivesItsMemoryBackOnce() => GivesBackOnce(Part, () =>
        {
            var file = new UploadFile("1.jpg", 10, () => new MemoryStream(new byte[10]));
            var parts = new FileParts(file, 0, Part);
            Assert.AreEqual(10, parts.ReadAsync(CancellationToken.None).Result.Data.Length);
            parts.Dispose();
            parts.Dispose();
        });

        [Test]
        public void HashingGivesItsMemoryBackOnce() => GivesBackOnce(Part, () =>
        {
            var file = new UploadFile("1.jpg", 10, () => new MemoryStream(new byte[10]));
            Assert.AreEqual(10, CaptureUpload.DeclareAsync(file, CancellationToken.None).Result.SizeBytes);
        });

        private static void GivesBackOnce(int size, Action use)
        {
            var held = new HashSet<byte[]>(Rent(size)); // nothing of others is left in the pool
            use();
            foreach (byte[] lent in Rent(size))
            {
                Assert.IsTrue(held.Add(lent), "the same memory is lent twice");
            }
        }

        private static List<byte[]> Rent(int size) =>
            Enumerable.Range(0, 64).Select(_ => ArrayPool<byte>.Shared.Rent(size)).ToList();
    }
}
