#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Assets;
using Showfloor.Captures;
using Showfloor.Jobs;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Tests
{
    /// <summary>The client against the real server.</summary>
    [TestFixture]
    public class LiveTests
    {
        private static readonly AssetRequest Tin = new AssetRequest { ProductId = "tin" };

        [Test]
        public void ACaptureIsUploadedAndItsJobWatched() => Waiting.Run(
            async token =>
            {
                using (RpcChannel channel = LiveServer.Shared.Channel())
                {
                    var generation = new GenerationServiceClient(channel);
                    Capture capture = await UploadAsync(channel, "Tea tin", 1500000, token);
                    Assert.AreEqual(CaptureState.Ready, capture.State);
                    Assert.AreEqual(CaptureState.Ready, (await UploadAsync(channel, "Tea tin", 1500000, token)).State);
                    Job job = await generation.ReconstructAsync(Reconstruct(capture.Id), null, token);
                    var seen = new List<WatchJobResponse>();
                    await foreach (WatchJobResponse now in new JobWatch(channel).WatchAsync(job.Id, token))
                    {
                        seen.Add(now);
                    }
                    Job last = seen.Last().Job!;
                    Assert.AreEqual(JobState.Succeeded, last.State);
                    Assert.AreEqual(1.0, last.Fraction);
                    CollectionAssert.IsOrdered(seen.Select(s => s.Job!.Fraction));
                    Assert.IsTrue(seen.Any(s => s.Preview != null && s.Preview.Data.Length > 0));
                    var download = new AssetDownload(channel, new AssetRequest { AssetId = last.AssetId });
                    List<LoadedLod> lods = await Waiting.All(download.LodsAsync(null, token));
                    CollectionAssert.AreEqual(new[] { 2, 1, 0 }, lods.Select(l => l.Lod.Level));
                    Assert.IsTrue(lods.All(l => System.Text.Encoding.ASCII.GetString(l.Data, 0, 4) == "glTF"));
                    byte[] thumbnail = await channel.GetFileAsync(lods[0].Asset.ThumbnailPath, 1000000, token);
                    Assert.AreEqual(0x89, thumbnail[0]);
                    ShowfloorException large = await Waiting.Fails(() => channel.GetFileAsync(lods[0].Asset.ThumbnailPath, 10, token));
                    Assert.AreEqual("MESSAGE_TOO_LARGE", large.Code);
                }
            },
            60);

        [Test]
        public void AFailedJobTellsItsCodeAndFix() => Waiting.Run(
            async token =>
            {
                using (RpcChannel channel = LiveServer.Shared.Channel())
                {
                    Capture capture = await UploadAsync(channel, "blurred", 1000, token);
                    Job job = await new GenerationServiceClient(channel).ReconstructAsync(Reconstruct(capture.Id), null, token);
                    ShowfloorException error = await Waiting.Fails(() => new JobWatch(channel).WaitAsync(job.Id, null, token));
                    Assert.AreEqual("ALL_BLURRED", error.Code);
                    Assert.AreEqual("Use a tripod.", error.Fix);
                }
            },
            60);

        [Test]
        public void EndingTheWaitStopsTheJob() => Waiting.Run(
            async token =>
            {
                using (RpcChannel channel = LiveServer.Shared.Channel())
                using (var stop = new CancellationTokenSource())
                {
                    Capture capture = await UploadAsync(channel, "hold", 1000, token);
                    Job job = await new GenerationServiceClient(channel).ReconstructAsync(Reconstruct(capture.Id), null, token);
                    Task waiting = new JobWatch(channel).WaitAsync(job.Id, null, stop.Token, cancelJob: true);
                    stop.CancelAfter(500);
                    await Waiting.IsCancelled(() => waiting);
                    ShowfloorException error = await Waiting.Fails(() => new JobWatch(channel).WaitAsync(job.Id, null, token));
                    Assert.AreEqual("JOB_CANCELLED", error.Code);
                }
            },
            60);

        [Test]
        public void TheCoarsestLevelComesFirst() => Waiting.Run(async token =>
        {
            using (RpcChannel channel = LiveServer.Shared.Channel())
            {
                List<LoadedLod> lods = await Waiting.All(new AssetDownload(channel, Tin).LodsAsync(null, token));
                CollectionAssert.AreEqual(new[] { 120000, 480000, 2400000 }, lods.Select(l => l.Data.Length));
                Assert.AreEqual("Tea tin", lods[0].Asset.DisplayName);
                Assert.AreEqual(0, channel.ActiveCalls);
            }
        });

        [Test]
        public void CutConnectionsGoOnWhereTheyStopped() => Waiting.Run(async token =>
        {
            using (var proxy = new Proxy(LiveServer.Shared.Port) { CutAfterBytes = 900000 })
            using (RpcChannel channel = LiveServer.Shared.Channel(proxy.Port))
            {
                var options = new DownloadOptions { Retry = new RetryPolicy(5, 0.02, 0.1) };
                List<LoadedLod> lods = await Waiting.All(new AssetDownload(channel, Tin, options).LodsAsync(null, token));
                CollectionAssert.AreEqual(new[] { 2, 1, 0 }, lods.Select(l => l.Lod.Level));
                Assert.That(proxy.Connections, Is.GreaterThanOrEqualTo(4));
            }
        });

        [Test]
        public void AnUploadGoesOnAfterLostConnections() => Waiting.Run(async token =>
        {
            using (var proxy = new Proxy(LiveServer.Shared.Port) { CutAfterBytes = 700, Cuts = 3 })
            using (RpcChannel channel = LiveServer.Shared.Channel(proxy.Port))
            {
                Capture capture = await UploadAsync(channel, "cut upload", 6500000, token);
                Assert.AreEqual(CaptureState.Ready, capture.State);
                Assert.That(proxy.Connections, Is.GreaterThan(1));
            }
        });

        [Test]
        public void WhatIsThereIsNotSentAgain() => Waiting.Run(async token =>
        {
            using (var proxy = new Proxy(LiveServer.Shared.Port) { BytesPerSecond = 1e9 })
            using (RpcChannel channel = LiveServer.Shared.Channel(proxy.Port))
            {
                var first = new AssetDownload(channel, Tin);
                await Waiting.All(first.LodsAsync(null, token));
                long whole = proxy.ServerBytes;
                var second = new AssetDownload(channel, Tin, null, first.Partial);
                Assert.AreEqual(3, (await Waiting.All(second.LodsAsync(null, token))).Count);
                Assert.That(whole, Is.GreaterThan(3000000));
                Assert.That(proxy.ServerBytes - whole, Is.LessThan(20000));
            }
        });

        [Test]
        public void ErrorsOfTheServerArriveWithCodeAndFix() => Waiting.Run(async token =>
        {
            using (RpcChannel channel = LiveServer.Shared.Channel())
            {
                var assets = new AssetServiceClient(channel);
                ShowfloorException error = await Waiting.Fails(
                    () => assets.GetAssetAsync(new GetAssetRequest { ProductId = "no-such" }, null, token));
                Assert.AreEqual(RpcStatus.NotFound, error.Status);
                Assert.AreEqual("PRODUCT_UNKNOWN", error.Code);
                Assert.That(error.Fix, Is.Not.Empty);
                Assert.That(error.RequestId, Is.Not.Empty);
                error = await Waiting.Fails(() => Waiting.All(assets.StreamAsset(new StreamAssetRequest(), null, token)));
                Assert.AreEqual("ASSET_NOT_NAMED", error.Code);
                error = await Waiting.Fails(() => channel.GetFileAsync("/files/" + new string('0', 64) + "/a.glb", 10, token));
                Assert.AreEqual("FILE_NOT_FOUND", error.Code);
            }
        });

        [Test]
        public void ACallThatTheServerDoesNotHaveIsUnimplemented() => Waiting.Run(async token =>
        {
            using (RpcChannel channel = LiveServer.Shared.Channel())
            {
                var method = new RpcMethod<GetAssetRequest, Asset>("showfloor.v1.AssetService/NoSuchCall", false, _ => true);
                ShowfloorException error = await Waiting.Fails(
                    () => channel.UnaryAsync(method, new GetAssetRequest(), null, token));
                Assert.AreEqual(RpcStatus.Unimplemented, error.Status);
            }
        });

        [Test]
        public void TheDeadlineReachesTheServer() => Waiting.Run(async token =>
        {
            using (RpcChannel channel = LiveServer.Shared.Channel())
            {
                Capture capture = await UploadAsync(channel, "hold deadline", 1000, token);
                Job job = await new GenerationServiceClient(channel).ReconstructAsync(Reconstruct(capture.Id), null, token);
                var options = new CallOptions { Deadline = TimeSpan.FromMilliseconds(700) };
                var watch = new GenerationServiceClient(channel).WatchJob(new WatchJobRequest { JobId = job.Id }, options, token);
                ShowfloorException error = await Waiting.Fails(() => Waiting.All(watch));
                Assert.AreEqual(RpcStatus.DeadlineExceeded, error.Status);
                await new GenerationServiceClient(channel).CancelJobAsync(new CancelJobRequest { JobId = job.Id }, null, token);
            }
        });

        [Test]
        public void CancellingInMidStreamClosesTheConnection() => Waiting.Run(async token =>
        {
            using (var proxy = new Proxy(LiveServer.Shared.Port) { BytesPerSecond = 500000 })
            using (RpcChannel channel = LiveServer.Shared.Channel(proxy.Port))
            using (var stop = new CancellationTokenSource())
            {
                var download = new AssetDownload(channel, Tin);
                var progress = new StopAt(300000, stop);
                await Waiting.IsCancelled(() => Waiting.All(download.LodsAsync(progress, stop.Token)));
                int calls = progress.Calls;
                for (int i = 0; i < 100 && proxy.Open > 0; i++)
                {
                    await Task.Delay(20, token);
                }
                Assert.AreEqual(0, proxy.Open);
                Assert.AreEqual(0, channel.ActiveCalls);
                Assert.AreEqual(calls, progress.Calls);
                Assert.That(download.Partial.ReceivedBytes, Is.InRange(300000, 3000000));
            }
        });

        [Test]
        public void AHundredStreamsRunAtTheSameTime() => Waiting.Run(
            async token =>
            {
                using (RpcChannel channel = LiveServer.Shared.Channel())
                {
                    var request = new AssetRequest { ProductId = "tin", FinestLod = 1 };
                    IEnumerable<Task<List<LoadedLod>>> all = Enumerable.Range(0, 100)
                        .Select(_ => Waiting.All(new AssetDownload(channel, request).LodsAsync(null, token)));
                    foreach (List<LoadedLod> lods in await Task.WhenAll(all))
                    {
                        CollectionAssert.AreEqual(new[] { 120000, 480000 }, lods.Select(l => l.Data.Length));
                    }
                    Assert.AreEqual(0, channel.ActiveCalls);
                }
            },
            60);

        [Test]
        public void NoServerIsToldSoon() => Waiting.Run(async token =>
        {
            using (RpcChannel channel = LiveServer.Shared.Channel(9))
            {
                ShowfloorException error = await Waiting.Fails(() => Waiting.All(new AssetDownload(channel, Tin).LodsAsync(null, token)));
                Assert.AreEqual("SERVER_UNREACHABLE", error.Code);
                Assert.AreEqual(RpcStatus.Unavailable, error.Status);
            }
        });

        private static ReconstructRequest Reconstruct(string capture) => new ReconstructRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            CaptureId = capture,
            Options = new ReconstructOptions { Profile = "quest3", HeightM = 0.2 },
        };

        internal static async Task<Capture> UploadAsync(RpcChannel channel, string name, int bytes, CancellationToken token)
        {
            UploadFile[] files = Enumerable.Range(1, 3).Select(i =>
            {
                var data = new byte[bytes / i];
                new Random(i).NextBytes(data);
                new byte[] { 0xff, 0xd8, 0xff, 0xe0 }.CopyTo(data, 0);
                return new UploadFile(i + ".jpg", data.Length, () => new MemoryStream(data));
            }).ToArray();
            return await new CaptureUpload(channel).RunAsync(files, name, CaptureKind.Photos, null, token);
        }

        private sealed class StopAt : IProgress<DownloadProgress>
        {
            private readonly long _bytes;
            private readonly CancellationTokenSource _source;

            public StopAt(long bytes, CancellationTokenSource source)
            {
                _bytes = bytes;
                _source = source;
            }

            public int Calls { get; private set; }

            public void Report(DownloadProgress value)
            {
                Calls++;
                if (value.ReceivedBytes >= _bytes)
                {
                    _source.Cancel();
                }
            }
        }
    }
}
