#nullable enable
using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Assets;
using Showfloor.Unity;

namespace Showfloor.Tests
{
    [TestFixture]
    public class CacheTests
    {
        private readonly FakeAsset _asset = new FakeAsset();
        private string _folder = "";

        [SetUp]
        public void Begin() => _folder = Path.Combine(Path.GetTempPath(), "showfloor-cache-" + Guid.NewGuid().ToString("N"));

        [TearDown]
        public void End() => Directory.Delete(_folder, true);

        [Test]
        public void WhatWasPutIsThereAfterAReopening() => Waiting.Run(async _ =>
        {
            await Fill(new DiskCache(_folder, 1 << 20), "sku-42");
            CachedAsset? found = await new DiskCache(_folder, 1 << 20).FindAsync("sku-42", "quest3");
            Assert.IsTrue(found!.Has(0));
            Assert.IsTrue(found.Files[0].SequenceEqual(_asset.Files[0]));
            Assert.AreEqual(7500, found.ToPartial().ReceivedBytes);
            Assert.IsNull(await new DiskCache(_folder, 1 << 20).FindAsync("sku-42", "web"));
        });

        [Test]
        public void ItStaysWithinItsLimit() => Waiting.Run(async _ =>
        {
            var cache = new DiskCache(_folder, 6000);
            await Fill(cache, "sku-42");
            Assert.That(cache.Bytes, Is.LessThanOrEqualTo(6000));
            long onDisk = new DirectoryInfo(_folder).GetFiles().Where(f => f.Name != "index.txt").Sum(f => f.Length);
            Assert.AreEqual(cache.Bytes, onDisk);
            CachedAsset? found = await cache.FindAsync("sku-42", "quest3");
            Assert.IsFalse(found!.Has(0));
            Assert.That(new DiskCache(_folder, 100).Bytes, Is.LessThanOrEqualTo(100), "a smaller limit holds at once");
        });

        [Test]
        public void ADamagedFileIsAMiss() => Waiting.Run(async _ =>
        {
            var cache = new DiskCache(_folder, 1 << 20);
            await Fill(cache, "sku-42");
            string file = Path.Combine(_folder, FakeAsset.Sha(_asset.Files[1]) + ".glb");
            byte[] bytes = File.ReadAllBytes(file);
            bytes[100] ^= 1;
            File.WriteAllBytes(file, bytes);
            CachedAsset? found = await cache.FindAsync("sku-42", "quest3");
            Assert.IsFalse(found!.Files.ContainsKey(1));
            Assert.IsTrue(found.Files.ContainsKey(0));
            Assert.IsFalse(File.Exists(file));
            File.WriteAllText(Path.Combine(_folder, "stray.half"), "x");
            Assert.That(new DiskCache(_folder, 1 << 20).Bytes, Is.GreaterThan(0));
            Assert.IsFalse(File.Exists(Path.Combine(_folder, "stray.half")));
        });

        [Test]
        public void ClearingDeletesEverything() => Waiting.Run(async _ =>
        {
            var cache = new DiskCache(_folder, 1 << 20);
            await Fill(cache, "sku-42");
            cache.Clear();
            Assert.AreEqual(0, cache.Bytes);
            Assert.AreEqual(0, Directory.GetFiles(_folder, "*.glb").Length);
        });

        private async Task Fill(DiskCache cache, string id)
        {
            var download = new AssetDownload(_asset.Server().Channel(), new AssetRequest { ProductId = id });
            await foreach (LoadedLod lod in download.LodsAsync())
            {
                await cache.PutAsync(id, "quest3", lod);
            }
        }
    }
}
