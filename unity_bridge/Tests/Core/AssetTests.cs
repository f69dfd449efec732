#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Assets;
using Showfloor.Http;
using Showfloor.Rpc;
using Showfloor.V1;
using static Showfloor.Tests.FakeServer;

namespace Showfloor.Tests
{
    [TestFixture]
    public class AssetTests
    {
        private const int ChunkBytes = 1000;
        private readonly byte[][] _files = { Noise(5500, 1), Noise(2500, 2), Noise(700, 3) };
        private readonly DownloadOptions _options = new DownloadOptions { Retry = FakeServer.Quick() };
        private string _etag = "e1";

        [Test]
        public void TheCoarsestComesFirst() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(r => Send(r, int.MaxValue));
            var progress = new Reports();
            List<LoadedLod> lods = await Waiting.All(Download(server).LodsAsync(progress));
            CollectionAssert.AreEqual(new[] { 2, 1, 0 }, lods.Select(l => l.Lod.Level));
            CollectionAssert.AreEqual(new[] { false, false, true }, lods.Select(l => l.IsLast));
            Assert.IsTrue(lods.All(l => l.Data.SequenceEqual(_files[l.Lod.Level])));
            Assert.AreEqual(8700, progress.Last.ReceivedBytes);
            Assert.AreEqual(1.0, progress.Last.Fraction);
        });

        [TestCase(4)]
        [TestCase(5)]
        [TestCase(7)]
        public void BrokenConnectionsGoOnWhereTheyStopped(int messages) => Waiting.Run(async _ =>
        {
            var server = new FakeServer(r => Send(r, messages));
            List<LoadedLod> lods = await Waiting.All(Download(server).LodsAsync());
            CollectionAssert.AreEqual(new[] { 2, 1, 0 }, lods.Select(l => l.Lod.Level));
            Assert.IsTrue(lods.All(l => l.Data.SequenceEqual(_files[l.Lod.Level])));
            StreamAssetRequest last = Read<StreamAssetRequest>(server.Requests.Last());
            Assert.AreEqual("e1", last.ResumeEtag);
            Assert.That(server.Requests.Count, Is.GreaterThan(1));
        });

        [Test]
        public void ANewVariantBeginsAgain() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(r => Send(r, 4));
            AssetDownload download = Download(server);
            var levels = new List<string>();
            await foreach (LoadedLod lod in download.LodsAsync())
            {
                levels.Add(lod.Variant.Etag + " " + lod.Lod.Level);
                if (levels.Count == 1)
                {
                    _files[0] = Noise(4000, 9);
                    _etag = "e2";
                }
                Assert.IsTrue(lod.Data.SequenceEqual(_files[lod.Lod.Level]));
            }
            CollectionAssert.AreEqual(new[] { "e1 2", "e2 2", "e2 1", "e2 0" }, levels);
        });

        [Test]
        public void WhatIsThereIsNotSentAgain() => Waiting.Run(async _ =>
        {
            var partial = new PartialAsset("e1");
            partial.AddWhole(Lods()[0], _files[0]);
            partial.AddWhole(Lods()[2], _files[2]);
            var server = new FakeServer(r => Send(r, int.MaxValue));
            List<LoadedLod> lods = await Waiting.All(Download(server, partial).LodsAsync());
            Assert.AreEqual(3, lods.Count);
            Assert.AreEqual(1, server.Requests.Count);
            Assert.AreEqual(2500, _sent);
        });

        [Test]
        public void ACacheThatIsDamagedIsReplaced() => Waiting.Run(async _ =>
        {
            var partial = new PartialAsset("e1");
            partial.AddWhole(Lods()[2], Noise(700, 99));
            var server = new FakeServer(r => Send(r, int.MaxValue));
            List<LoadedLod> lods = await Waiting.All(Download(server, partial).LodsAsync());
            Assert.IsTrue(lods.All(l => l.Data.SequenceEqual(_files[l.Lod.Level])));
        });

        [Test]
        public void BytesThatStayDamagedAreTold() => Waiting.Run(async _ =>
        {
            _damage = true;
            var server = new FakeServer(r => Send(r, int.MaxValue));
            ShowfloorException error = await Waiting.Fails(() => Waiting.All(Download(server).LodsAsync()));
            Assert.AreEqual("ASSET_DAMAGED", error.Code);
            Assert.AreEqual(2, server.Requests.Count);
        });

        [Test]
        public void AnOffsetThatTheServerRefusesBeginsAgain() => Waiting.Run(async _ =>
        {
            var info = new WellKnown.ErrorInfo { Reason = "RESUME_INVALID", Domain = "showfloor" };
            var status = new WellKnown.Status { Code = 3 };
            status.Details.Add(new WellKnown.Any { TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo", Value = Wire.Proto.Serialize(info) });
            string details = Convert.ToBase64String(Wire.Proto.Serialize(status));
            var partial = new PartialAsset("e1");
            partial.AddWhole(Lods()[2], _files[2]);
            var server = new FakeServer(r => Read<StreamAssetRequest>(r).Resume.Count > 0
                ? Error(3, "grpc-status-details-bin: " + details + "\r\n")
                : Send(r, int.MaxValue));
            Assert.AreEqual(3, (await Waiting.All(Download(server, partial).LodsAsync())).Count);
        });

        [Test]
        public void AFileBeyondTheLimitIsRefusedBeforeItIsSent() => Waiting.Run(async _ =>
        {
            _options.MaxLodBytes = 5000;
            var server = new FakeServer(r => Send(r, int.MaxValue));
            ShowfloorException error = await Waiting.Fails(() => Waiting.All(Download(server).LodsAsync()));
            Assert.AreEqual("ASSET_TOO_LARGE", error.Code);
        });

        [Test]
        public void AServerThatNeverAnswersIsToldSoon() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(_ => throw HttpErrors.Unreachable(new Uri("http://a.example")));
            var clock = System.Diagnostics.Stopwatch.StartNew();
            ShowfloorException error = await Waiting.Fails(() => Waiting.All(Download(server).LodsAsync()));
            Assert.AreEqual("SERVER_UNREACHABLE", error.Code);
            Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(20));
        });

        [Test]
        public void AServerThatNeverSendsAByteIsGivenUp() => Waiting.Run(async _ =>
        {
            _options.Patience = TimeSpan.FromMilliseconds(300);
            _options.Retry = new RetryPolicy(5, 0.05, 0.05);
            var server = new FakeServer(r => Send(r, 1));
            ShowfloorException error = await Waiting.Fails(() => Waiting.All(Download(server).LodsAsync()));
            Assert.AreEqual("CONNECTION_LOST", error.Code);
        });

        [Test]
        public void AStreamThatEndsEarlyIsNotTakenAsWhole() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(r => Body(Pieces(r).Take(3).Append(Trailer()).ToArray()));
            ShowfloorException error = await Waiting.Fails(() => Waiting.All(Download(server).LodsAsync()));
            Assert.AreEqual("PROTOCOL_INVALID", error.Code);
        });

        [TestCase(5)]
        [TestCase(-1)]
        public void BytesThatDoNotFollowTheOthersAreRefused(int shift) => Waiting.Run(async _ =>
        {
            IEnumerable<byte[]> Sent(HttpRequest r)
            {
                yield return Pieces(r).First();
                yield return Frame(new StreamAssetResponse { Chunk = new Chunk { Level = 2, Data = new byte[10] } });
                yield return Frame(new StreamAssetResponse { Chunk = new Chunk { Level = 2, Offset = 10 + shift, Data = new byte[10] } });
            }
            var server = new FakeServer(r => Body(Sent(r).Append(Trailer()).ToArray()));
            ShowfloorException error = await Waiting.Fails(() => Waiting.All(Download(server).LodsAsync()));
            Assert.AreEqual("PROTOCOL_INVALID", error.Code);
            StringAssert.Contains("do not follow", error.Message);
        });

        [Test]
        public void OnlyTheLevelsThatAreWantedComplete() => Waiting.Run(async _ =>
        {
            var server = new FakeServer(r => Send(r, int.MaxValue));
            var request = new AssetRequest { AssetId = "ast_1", FinestLod = 1 };
            var download = new AssetDownload(server.Channel(), request, _options);
            CollectionAssert.AreEqual(new[] { 2, 1 }, (await Waiting.All(download.LodsAsync())).Select(l => l.Lod.Level));
        });

        [Test]
        public void TheCacheDropsTheLeastRecentlyUsed()
        {
            var index = new CacheIndex(100);
            Assert.IsEmpty(index.Put("a", 40));
            Assert.IsEmpty(index.Put("b", 40));
            Assert.IsTrue(index.Touch("a"));
            CollectionAssert.AreEqual(new[] { "b" }, index.Put("c", 40));
            CollectionAssert.AreEqual(new[] { "a", "c" }, index.Keys);
            Assert.AreEqual(80, index.Bytes);
            Assert.IsFalse(index.Touch("b"));
        }

        [Test]
        public void PinnedEntriesStay()
        {
            var index = new CacheIndex(100);
            index.Put("a", 60);
            index.Pin("a");
            CollectionAssert.AreEqual(new[] { "b" }, index.Put("b", 60));
            index.Put("a", 90);
            CollectionAssert.AreEqual(new[] { "c" }, index.Put("c", 20));
            Assert.IsEmpty(index.Unpin("a"));
            CollectionAssert.AreEqual(new[] { "a" }, index.Put("d", 20));
        }

        [Test]
        public void ACacheMayBeFullToTheLastByte()
        {
            var index = new CacheIndex(100);
            index.Put("a", 60);
            Assert.IsEmpty(index.Put("b", 40));
            CollectionAssert.AreEqual(new[] { "a" }, index.Put("c", 1));
        }

        [Test]
        public void AnEntryThatCannotFitIsDroppedItself() =>
            CollectionAssert.AreEqual(new[] { "a" }, new CacheIndex(10).Put("a", 11));

        [Test]
        public void TheIndexIsKeptInItsOrder()
        {
            var index = new CacheIndex(100);
            index.Put("a b", 10);
            index.Put("c", 20);
            index.Touch("a b");
            CacheIndex read = CacheIndex.Load(index.Save(), 100);
            CollectionAssert.AreEqual(new[] { "c", "a b" }, read.Keys);
            Assert.AreEqual(30, read.Bytes);
            Assert.AreEqual(0, CacheIndex.Load("something else\n5 a\n", 100).Count);
            CollectionAssert.AreEqual(
                new[] { "ok" }, CacheIndex.Load("showfloor-cache 1\nx a\n-4 b\n5\n7 ok\n99999999999999999999 c\n", 100).Keys);
        }

        private long _sent;
        private bool _damage;

        private static byte[] Noise(int size, int seed)
        {
            var data = new byte[size];
            new Random(seed).NextBytes(data);
            return data;
        }

        private AssetDownload Download(FakeServer server, PartialAsset? partial = null) =>
            new AssetDownload(server.Channel(), new AssetRequest { AssetId = "ast_1" }, _options, partial);

        private List<Lod> Lods()
        {
            using (SHA256 hash = SHA256.Create())
            {
                return _files.Select((data, level) => new Lod
                {
                    Level = level,
                    SizeBytes = data.Length,
                    Sha256 = string.Concat(hash.ComputeHash(data).Select(b => b.ToString("x2"))),
                }).ToList();
            }
        }

        private HttpReply Send(HttpRequest request, int messages)
        {
            List<byte[]> all = Pieces(request).ToList();
            return all.Count < messages ? Body(all.Append(Trailer()).ToArray()) : Body(all.Take(messages).Append(new byte[0]).ToArray());
        }

        private IEnumerable<byte[]> Pieces(HttpRequest http)
        {
            StreamAssetRequest request = Read<StreamAssetRequest>(http);
            bool resumed = request.ResumeEtag == _etag;
            var header = new StreamHeader { Asset = new Asset { Id = "ast_1" }, Variant = new Variant { Etag = _etag }, Resumed = resumed };
            header.Variant.Lods.AddRange(Lods());
            yield return Frame(new StreamAssetResponse { Header = header });
            for (int level = 2; level >= request.FinestLod; level--)
            {
                long begin = resumed ? request.Resume.Where(p => p.Level == level).Select(p => p.Offset).FirstOrDefault() : 0;
                for (long at = begin; at < _files[level].Length; at += ChunkBytes)
                {
                    byte[] data = _files[level].Skip((int)at).Take(ChunkBytes).ToArray();
                    data[0] ^= (byte)(_damage ? 1 : 0);
                    _sent += data.Length;
                    yield return Frame(new StreamAssetResponse { Chunk = new Chunk { Level = level, Offset = at, Data = data } });
                }
                yield return Frame(new StreamAssetResponse { LodEnd = new LodEnd { Level = level } });
            }
        }

        private sealed class Reports : IProgress<DownloadProgress>
        {
            public DownloadProgress Last { get; private set; }

            public void Report(DownloadProgress value) => Last = value;
        }
    }
}
