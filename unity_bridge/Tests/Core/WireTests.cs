#nullable enable
using System;
using System.Linq;
using NUnit.Framework;
using Showfloor.V1;
using Showfloor.WellKnown;
using Showfloor.Wire;

namespace Showfloor.Tests
{
    [TestFixture]
    public class WireTests
    {
        [TestCase(0, "")]
        [TestCase(1, "0801")]
        [TestCase(300, "08ac02")]
        [TestCase(-1, "08ffffffffffffffffff01")]
        [TestCase(int.MinValue, "0880808080f8ffffffff01")]
        [TestCase(int.MaxValue, "08ffffffff07")]
        public void NumbersAreWrittenAsProtobufDoes(int level, string hex)
        {
            byte[] data = Proto.Serialize(new Lod { Level = level });
            Assert.AreEqual(hex, string.Concat(data.Select(b => b.ToString("x2"))));
            Assert.AreEqual(level, Proto.Parse<Lod>(data).Level);
        }

        [Test]
        public void NegativeZeroIsKept()
        {
            double read = Proto.Parse<Size>(Proto.Serialize(new Size { XM = -0.0 })).XM;
            Assert.AreEqual(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(read));
        }

        [Test]
        public void PackedAndUnpackedListsAreRead()
        {
            var read = Proto.Parse<ListJobsRequest>(Bytes(0x18, 1, 0x1a, 2, 2, 3, 0x18, 5));
            CollectionAssert.AreEqual(
                new[] { JobState.Queued, JobState.Running, JobState.Succeeded, JobState.Cancelled }, read.States);
            Assert.AreEqual(Bytes(0x1a, 4, 1, 2, 3, 5), Proto.Serialize(read));
        }

        [Test]
        public void UnknownFieldsAreKept()
        {
            byte[] data = Bytes(8, 2, 0xf8, 0x7f, 5, 0xfb, 0x7f, 8, 1, 0xfc, 0x7f, 0xfa, 0x7f, 1, 9, 0xfd, 0x7f, 1, 2, 3, 4);
            var read = Proto.Parse<Lod>(data);
            Assert.AreEqual(2, read.Level);
            Assert.AreEqual(data, Proto.Serialize(read));
        }

        [Test]
        public void ManyUnknownFieldsAreKeptInTimeThatGrowsWithThem()
        {
            byte[] data = Enumerable.Range(0, 2000000).SelectMany(_ => new byte[] { 0x78, 1 }).ToArray();
            Assert.AreEqual(data.Length, Proto.Size(Proto.Parse<Lod>(data)));
        }

        [Test]
        public void AKnownFieldOfAnotherWireTypeIsUnknown()
        {
            byte[] data = Bytes(0x0a, 1, 7);
            var read = Proto.Parse<Lod>(data);
            Assert.AreEqual(0, read.Level);
            Assert.AreEqual(data, Proto.Serialize(read));
        }

        [Test]
        public void EnumsOfANewerServerAreKept() =>
            Assert.AreEqual(77, (int)Proto.Parse<Job>(Proto.Serialize(new Job { State = (JobState)77 })).State);

        [Test]
        public void TheLastMemberOfAOneofCounts()
        {
            byte[] first = Proto.Serialize(new ChatResponse { Token = "a" });
            byte[] second = Proto.Serialize(new ChatResponse { Done = new ChatDone { TurnId = "t" } });
            var read = Proto.Parse<ChatResponse>(first.Concat(second).ToArray());
            Assert.AreEqual(ChatResponse.EventOneofCase.Done, read.EventCase);
            Assert.AreEqual("", read.Token);
            Assert.AreEqual("t", read.Done!.TurnId);
        }

        [Test]
        public void AnEmptyMemberOfAOneofIsSet()
        {
            var read = Proto.Parse<GetAssetRequest>(Proto.Serialize(new GetAssetRequest { ProductId = "" }));
            Assert.AreEqual(GetAssetRequest.WhichOneofCase.ProductId, read.WhichCase);
        }

        [Test]
        public void MessagesThatComeTwiceAreMerged()
        {
            byte[] first = Proto.Serialize(new Product { Size = new Size { XM = 1, YM = 2 } });
            byte[] second = Proto.Serialize(new Product { Size = new Size { YM = 3 } });
            Size size = Proto.Parse<Product>(first.Concat(second).ToArray()).Size!;
            Assert.AreEqual(1, size.XM);
            Assert.AreEqual(3, size.YM);
        }

        [Test]
        public void OptionalTellsUnsetFromZero()
        {
            Assert.IsNull(Proto.Parse<Product>(Proto.Serialize(new Product())).Stock);
            Assert.AreEqual(0, Proto.Parse<Product>(Proto.Serialize(new Product { Stock = 0 })).Stock);
        }

        [Test]
        public void TheLastEntryOfAKeyCounts()
        {
            byte[] entry = Bytes(0x12, 5, 0x0a, 1, 'k', 0x12, 0);
            var product = new Product();
            product.Titles["k"] = "old";
            var read = Proto.Parse<Product>(Proto.Serialize(product).Concat(entry).ToArray());
            Assert.AreEqual("", read.Titles["k"]);
        }

        [Test]
        public void BytesAreCopiedUnlessShared()
        {
            byte[] data = Proto.Serialize(new Chunk { Data = Bytes(1, 2, 3) });
            var copied = Proto.Parse<Chunk>(data);
            var shared = Proto.Parse<Chunk>(data, true);
            data[data.Length - 1] = 9;
            Assert.AreEqual(Bytes(1, 2, 3), copied.Data.ToArray());
            Assert.AreEqual(Bytes(1, 2, 9), shared.Data.ToArray());
        }

        [TestCase("1a05616263", Description = "a length beyond the end")]
        [TestCase("1affffffff0f", Description = "4 GiB")]
        [TestCase("1a8080808008", Description = "2 GiB")]
        [TestCase("1affffffffffffffffff01", Description = "2^64 - 1 bytes")]
        [TestCase("08ffffffffffffffffffff01", Description = "a number of 11 bytes")]
        [TestCase("08", Description = "no number")]
        [TestCase("0001", Description = "field 0")]
        [TestCase("0f", Description = "wire type 7")]
        [TestCase("fc7f", Description = "the end of a group that did not begin")]
        [TestCase("fb7f8401", Description = "the end of another group")]
        [TestCase("fb7f", Description = "a group without an end")]
        [TestCase("2202c328", Description = "a text that is not UTF-8")]
        [TestCase("2203eda080", Description = "half of a surrogate pair")]
        public void BrokenBytesAreRefused(string hex)
        {
            byte[] data = Enumerable.Range(0, hex.Length / 2).Select(i => Convert.ToByte(hex.Substring(2 * i, 2), 16)).ToArray();
            var error = Assert.Throws<ShowfloorException>(() => Proto.Parse<Lod>(data));
            Assert.AreEqual("MESSAGE_INVALID", error.Code);
            Assert.AreEqual(RpcStatus.Internal, error.Status);
        }

        [Test]
        public void AFieldMustEndInsideItsMessage()
        {
            byte[] data = Bytes(0x0a, 2, 0x1a, 4, 1, 2, 3, 4);
            Assert.Throws<ShowfloorException>(() => Proto.Parse<StreamAssetResponse>(data));
        }

        [TestCase(100, true)]
        [TestCase(101, false)]
        [TestCase(100000, false)]
        public void GroupsMayLieAHundredDeep(int depth, bool fine)
        {
            byte[] data = Enumerable.Range(0, depth).SelectMany(_ => Bytes(0xfb, 0x7f))
                .Concat(Enumerable.Range(0, depth).SelectMany(_ => Bytes(0xfc, 0x7f))).ToArray();
            if (fine)
            {
                Assert.AreEqual(data, Proto.Serialize(Proto.Parse<Lod>(data)));
            }
            else
            {
                Assert.Throws<ShowfloorException>(() => Proto.Parse<Lod>(data));
            }
        }

        [Test]
        public void AHalfSurrogateIsNotWritten()
        {
            var error = Assert.Throws<ShowfloorException>(() => Proto.Serialize(new Lod { Path = "\ud800" }));
            Assert.AreEqual("MESSAGE_INVALID", error.Code);
        }

        [Test]
        public void TimesAreKept()
        {
            var time = new DateTimeOffset(2026, 11, 22, 8, 30, 15, 250, TimeSpan.Zero);
            Assert.AreEqual(time, time.ToTimestamp().ToDateTimeOffset());
            var before = new DateTimeOffset(1969, 12, 31, 23, 59, 59, 500, TimeSpan.Zero);
            Assert.AreEqual(-1, before.ToTimestamp().Seconds);
            Assert.AreEqual(before, before.ToTimestamp().ToDateTimeOffset());
            Assert.AreEqual(DateTimeOffset.MaxValue, new Timestamp { Seconds = long.MaxValue }.ToDateTimeOffset());
        }

        private static byte[] Bytes(params int[] values) => values.Select(v => (byte)v).ToArray();
    }
}
