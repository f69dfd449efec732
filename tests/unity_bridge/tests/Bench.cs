#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Assets;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Tests
{
    /// <summary>Measurements for benchmarks/bench_unity.py: one line "name value unit" each.</summary>
    internal static class Bench
    {
        private const int Streams = 6;
        private const int Cancels = 20;
        private const double LinkBytesPerSecond = 20e6 / 8;
        private static readonly TimeSpan LinkDelay = TimeSpan.FromMilliseconds(40);

        public static int Run(string[] arguments)
        {
            string what = arguments[1];
            int port = int.Parse(arguments[2], CultureInfo.InvariantCulture);
            RunAsync(what, port).GetAwaiter().GetResult();
            return 0;
        }

        private static Task RunAsync(string what, int port)
        {
            switch (what)
            {
                case "stream":
                    return StreamAsync(port, false);
                case "download":
                    return StreamAsync(port, true);
                case "coarse":
                    return CoarseAsync(port);
                case "cancel":
                    return CancelAsync(port);
                default:
                    throw new ArgumentException(what);
            }
        }

        private static async Task StreamAsync(int port, bool verified)
        {
            var rates = new List<double>();
            long delivered = 0;
            long before = 0;
            int collections = 0;
            using (RpcChannel channel = Channel(port))
            {
                for (int i = 0; i <= Streams; i++)
                {
                    if (i == 1)
                    {
                        GC.Collect();
                        delivered = 0;
                        collections = GC.CollectionCount(2);
                        before = GC.GetTotalAllocatedBytes(true);
                    }
                    var clock = Stopwatch.StartNew();
                    long bytes = verified ? await DownloadAsync(channel) : await BytesAsync(channel);
                    delivered += bytes;
                    if (i > 0)
                    {
                        rates.Add(bytes / 1e6 / clock.Elapsed.TotalSeconds);
                    }
                }
            }
            long allocated = GC.GetTotalAllocatedBytes(true) - before;
            rates.Sort();
            Say("MB/s", rates[rates.Count / 2]);
            Say("MB/s best", rates[rates.Count - 1]);
            Say("gen-2 collections per 100 MB", (GC.CollectionCount(2) - collections) / (delivered / 1e8));
            Say("bytes allocated per byte", allocated / (double)delivered);
        }

        private static async Task<long> BytesAsync(RpcChannel channel)
        {
            long bytes = 0;
            var request = new StreamAssetRequest { ProductId = "big" };
            var options = new CallOptions { ShareBytes = true };
            await foreach (StreamAssetResponse part in new AssetServiceClient(channel).StreamAsset(request, options))
            {
                bytes += part.Chunk?.Data.Length ?? 0;
            }
            return bytes;
        }

        private static async Task<long> DownloadAsync(RpcChannel channel)
        {
            long bytes = 0;
            await foreach (LoadedLod lod in new AssetDownload(channel, new AssetRequest { ProductId = "big" }).LodsAsync())
            {
                bytes += lod.Data.Length;
            }
            return bytes;
        }

        private static async Task CoarseAsync(int port)
        {
            var coarse = new List<double>();
            var whole = new List<double>();
            for (int i = 0; i < 6; i++)
            {
                using (var proxy = new Proxy(port) { BytesPerSecond = LinkBytesPerSecond, Delay = LinkDelay })
                using (RpcChannel channel = Channel(proxy.Port))
                {
                    var clock = Stopwatch.StartNew();
                    double first = 0;
                    await foreach (LoadedLod lod in new AssetDownload(channel, new AssetRequest { ProductId = "tin" }).LodsAsync())
                    {
                        first = first == 0 ? clock.Elapsed.TotalSeconds : first;
                    }
                    if (i > 0)
                    {
                        coarse.Add(first);
                        whole.Add(clock.Elapsed.TotalSeconds);
                    }
                }
            }
            Say("s to the coarse LOD, median", coarse.OrderBy(v => v).ElementAt(2));
            Say("s to the coarse LOD, slowest", coarse.Max());
            Say("s to the whole asset, median", whole.OrderBy(v => v).ElementAt(2));
        }

        private static async Task CancelAsync(int port)
        {
            var times = new List<double>();
            for (int i = 0; i < Cancels; i++)
            {
                using (var proxy = new Proxy(port) { BytesPerSecond = LinkBytesPerSecond, Delay = LinkDelay })
                using (RpcChannel channel = Channel(proxy.Port))
                using (var stop = new CancellationTokenSource())
                {
                    var progress = new Watch();
                    Task<List<LoadedLod>> all = Waiting.All(
                        new AssetDownload(channel, new AssetRequest { ProductId = "tin" }).LodsAsync(progress, stop.Token));
                    while (progress.Bytes < 400000)
                    {
                        await Task.Delay(5);
                    }
                    var clock = Stopwatch.StartNew();
                    stop.Cancel();
                    await Waiting.IsCancelled(() => all);
                    while (proxy.Open > 0 || channel.ActiveCalls > 0)
                    {
                        await Task.Delay(1);
                    }
                    times.Add(clock.Elapsed.TotalMilliseconds);
                    int calls = progress.Calls;
                    await Task.Delay(100);
                    if (progress.Calls != calls)
                    {
                        throw new InvalidOperationException("It reported after it had ended.");
                    }
                }
            }
            Say("ms from cancel to quiet, median", times.OrderBy(v => v).ElementAt(Cancels / 2));
            Say("ms from cancel to quiet, slowest", times.Max());
        }

        private static RpcChannel Channel(int port) =>
            new RpcChannel(new ChannelOptions(new Uri("http://127.0.0.1:" + port)));

        private static void Say(string name, double value) =>
            Console.WriteLine(value.ToString("0.###", CultureInfo.InvariantCulture) + "\t" + name);

        private sealed class Watch : IProgress<DownloadProgress>
        {
            private long _bytes;

            public long Bytes => Interlocked.Read(ref _bytes);

            public int Calls { get; private set; }

            public void Report(DownloadProgress value)
            {
                Interlocked.Exchange(ref _bytes, value.ReceivedBytes);
                Calls++;
            }
        }
    }
}
