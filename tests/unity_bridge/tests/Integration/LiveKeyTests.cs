#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Assets;
using Showfloor.Http;
using Showfloor.Jobs;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Tests
{
    /// <summary>Servers of their own: with keys, and killed.</summary>
    [TestFixture]
    public class LiveKeyTests
    {
        [Test]
        public void KeysAreAskedFor() => Waiting.Run(
            async token =>
            {
                using (var server = new LiveServer("--require-keys"))
                {
                    var request = new GetAssetRequest { ProductId = "tin" };
                    string key = server.Seeded.GetProperty("key").GetString()!;
                    using (RpcChannel right = server.Channel(key: key))
                    using (RpcChannel wrong = server.Channel(key: "sfk_" + new string('a', 32)))
                    using (RpcChannel none = server.Channel())
                    {
                        Asset asset = await new AssetServiceClient(right).GetAssetAsync(request, null, token);
                        Assert.AreEqual("Tea tin", asset.DisplayName);
                        Assert.That(await right.GetFileAsync(asset.ThumbnailPath, 1000, token), Is.Not.Empty);
                        foreach (RpcChannel channel in new[] { wrong, none })
                        {
                            ShowfloorException error = await Waiting.Fails(
                                () => new AssetServiceClient(channel).GetAssetAsync(request, null, token));
                            Assert.AreEqual(RpcStatus.Unauthenticated, error.Status);
                            Assert.That(error.Fix, Is.Not.Empty);
                            Assert.IsFalse(error.ToString().Contains("sfk_aaa"));
                            ShowfloorException file = await Waiting.Fails(() => channel.GetFileAsync(asset.ThumbnailPath, 1000, token));
                            Assert.AreEqual(error.Code, file.Code);
                            Assert.AreEqual(RpcStatus.Unauthenticated, file.Status);
                        }
                        ShowfloorException scope = await Waiting.Fails(
                            () => LiveTests.UploadAsync(right, "no scope", 1000, token));
                        Assert.AreEqual(RpcStatus.PermissionDenied, scope.Status);
                    }
                }
            },
            80);

        [Test]
        public void ACaOfYourOwnIsTrustedAndNoOther() => Waiting.Run(
            async token =>
            {
                using (var server = new LiveServer("--tls"))
                {
                    string ca = File.ReadAllText(Path.Combine(server.Folder, "ca.pem"));
                    string other = File.ReadAllText(Path.Combine(server.Folder, "other.pem"));
                    var request = new GetAssetRequest { ProductId = "tin" };
                    using (RpcChannel channel = Secure(server, "localhost", new HttpClientTransport(other + ca)))
                    {
                        Assert.AreEqual("Tea tin", (await new AssetServiceClient(channel).GetAssetAsync(request, null, token)).DisplayName);
                    }
                    foreach (RpcChannel channel in new[]
                    {
                        Secure(server, "localhost", new HttpClientTransport(other)),
                        Secure(server, "localhost", new HttpClientTransport()),
                        Secure(server, "127.0.0.1", new HttpClientTransport(ca)),
                    })
                    {
                        using (channel)
                        {
                            ShowfloorException error = await Waiting.Fails(
                                () => new AssetServiceClient(channel).GetAssetAsync(request, null, token));
                            Assert.AreEqual("CERTIFICATE_NOT_TRUSTED", error.Code);
                        }
                    }
                }
            },
            80);

        [Test]
        public void DownloadAndWatchSurviveAServerThatIsKilledAndStarted() => Waiting.Run(
            async token =>
            {
                using (var server = new LiveServer())
                using (var proxy = new Proxy(server.Port) { BytesPerSecond = 1500000 })
                using (RpcChannel channel = server.Channel(proxy.Port))
                {
                    Capture capture = await LiveTests.UploadAsync(channel, "hold restart", 1000, token);
                    Job job = await new GenerationServiceClient(channel).ReconstructAsync(
                        new ReconstructRequest { RequestId = "r1", CaptureId = capture.Id }, null, token);
                    Task<Job> watching = new JobWatch(channel).WaitAsync(job.Id, null, token);
                    var download = new AssetDownload(channel, new AssetRequest { ProductId = "tin" });
                    var levels = new List<int>();
                    await foreach (LoadedLod lod in download.LodsAsync(null, token))
                    {
                        levels.Add(lod.Lod.Level);
                        if (levels.Count == 1)
                        {
                            server.Kill();
                            server.Start();
                        }
                    }
                    CollectionAssert.AreEqual(new[] { 2, 1, 0 }, levels);
                    File.WriteAllText(Path.Combine(server.Folder, "go"), "");
                    Assert.AreEqual(JobState.Succeeded, (await watching).State);
                }
            },
            85);

        private static RpcChannel Secure(LiveServer server, string host, HttpClientTransport transport) => new RpcChannel(
            new ChannelOptions(new Uri("https://" + host + ":" + server.Port)) { Transport = transport });
    }
}
