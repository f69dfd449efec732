#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;

namespace Showfloor.Tests
{
    [TestFixture]
    public class LoadTests
    {
        private readonly FakeAsset _asset = new FakeAsset();
        private readonly FakeLoader _loader = new FakeLoader();
        private string _folder = "";

        [SetUp]
        public void Begin()
        {
            _folder = Path.Combine(Path.GetTempPath(), "showfloor-test-" + Guid.NewGuid().ToString("N"));
            Application.temporaryCachePath = _folder;
            Application.isPlaying = true;
        }

        [TearDown]
        public void End()
        {
            if (Directory.Exists(_folder))
            {
                Directory.Delete(_folder, true);
            }
        }

        [Test]
        public void TheCoarsestIsShownFirstAndFinerOnesTakeOverInOneFrame() => MainLoop.Run(async loop =>
        {
            Transform parent = new GameObject("shelf").transform;
            var shown = new List<int>();
            bool alwaysOne = true;
            ShowfloorClient client = Client();
            ProductModel model = await client.LoadAsync("sku-42", parent, default, new Told(p =>
            {
                if (p.Stage == LoadStage.Shown)
                {
                    shown.Add(p.Level);
                    ProductModel now = parent.GetComponentInChildren<ProductModel>();
                    LODGroup group = now.gameObject.GetComponent<LODGroup>();
                    alwaysOne &= group.lodCount == shown.Count && group.GetLODs().All(l => l.renderers.Length == 1);
                    alwaysOne &= _loader.Made.All(m => m.Root.activeSelf);
                }
            }));
            Assert.AreEqual("ast_1", model.Asset!.Id);
            await model.Completed;
            CollectionAssert.AreEqual(new[] { 2, 1, 0 }, shown);
            Assert.IsTrue(alwaysOne);
            LOD[] lods = model.gameObject.GetComponent<LODGroup>().GetLODs();
            Assert.AreEqual(3, lods.Length);
            Assert.That(lods[0].screenRelativeTransitionHeight, Is.GreaterThan(lods[1].screenRelativeTransitionHeight));
            Assert.AreEqual(0f, lods[2].screenRelativeTransitionHeight, "it is never culled");
            Assert.AreEqual("LOD0", lods[0].renderers[0].gameObject.name);
            BoxCollider collider = model.gameObject.GetComponent<BoxCollider>();
            Assert.AreEqual(new UnityEngine.Vector3(0, 0.5f, 0), collider.center);
            Assert.AreEqual(UnityEngine.Vector3.one, collider.size);
            await model.SetMaterialVariantAsync("blue");
            Assert.IsTrue(_loader.Made.All(m => m.Variant == "blue"));
            UnityEngine.Object.Destroy(model.gameObject);
            Assert.IsTrue(_loader.Made.All(m => m.Disposed));
        });

        [Test]
        public void ItReturnsWhenTheFirstLevelIsShown() => MainLoop.Run(async loop =>
        {
            _asset.HoldsAfter = 2;
            Transform parent = new GameObject("shelf").transform;
            ProductModel model = await Client().LoadAsync("sku-42", parent);
            Assert.AreEqual(2, model.FinestLevel);
            Assert.IsFalse(model.Completed.IsCompleted);
            UnityEngine.Object.Destroy(model.gameObject);
            await loop.Until(() => model.Completed.IsCanceled);
            Assert.IsTrue(_loader.Made.All(m => m.Disposed));
        });

        [Test]
        public void CancellingOrFailingLeavesNothingBehind() => MainLoop.Run(async loop =>
        {
            Transform parent = new GameObject("shelf").transform;
            _asset.HoldsAfter = 3;
            using var cancel = new CancellationTokenSource();
            Task<ProductModel> load = Client().LoadAsync("sku-42", parent, cancel.Token);
            await loop.Until(() => _asset.Calls > 0);
            cancel.Cancel();
            await Waiting.IsCancelled(() => load);
            Assert.AreEqual(0, parent.childCount);
            _asset.HoldsAfter = -1;
            _loader.FailsAt = 2;
            Assert.AreEqual("MODEL_UNREADABLE", (await Waiting.Fails(() => Client().LoadAsync("sku-42", parent))).Code);
            Assert.AreEqual(0, parent.childCount);
            Assert.AreEqual("ID_MISSING", (await Waiting.Fails(() => Client().LoadAsync("", parent))).Code);
        });

        [Test]
        public void WhatIsOnTheDiskIsNotSentAgainAndServesWithoutAServer() => MainLoop.Run(async loop =>
        {
            Transform parent = new GameObject("shelf").transform;
            var whole = new LoadOptions { WaitForFinest = true };
            await Client().LoadAsync("sku-42", parent, default, null, whole);
            Assert.AreEqual(7500, _asset.BytesSent);
            await Client().LoadAsync("sku-42", parent, default, null, whole);
            Assert.AreEqual(7500, _asset.BytesSent, "nothing was sent again");
            _asset.Offline = true;
            ProductModel model = await Client().LoadAsync("sku-42", parent, default, null, whole);
            Assert.AreEqual(3, model.LevelCount);
            Assert.IsTrue(_loader.Made.Last().Data.SequenceEqual(_asset.Files[0]));
            int calls = _asset.Calls;
            whole.Cache = CacheUse.Trust;
            await Client().LoadAsync("sku-42", parent, default, null, whole);
            Assert.AreEqual(calls, _asset.Calls, "the server was not asked");
        });

        [Test]
        public void AChangedAssetReplacesWhatIsOnTheDisk() => MainLoop.Run(async loop =>
        {
            Transform parent = new GameObject("shelf").transform;
            var whole = new LoadOptions { WaitForFinest = true };
            await Client().LoadAsync("sku-42", parent, default, null, whole);
            _asset.Etag = "e2";
            _asset.Files[0] = FakeAsset.Noise(4000, 9);
            await Client().LoadAsync("sku-42", parent, default, null, whole);
            Assert.IsTrue(_loader.Made.Last().Data.SequenceEqual(_asset.Files[0]));
        });

        [Test]
        public void LevelsOfAnOlderAssetGoWhenItChangesInTheMiddle() => MainLoop.Run(async loop =>
        {
            int calls = 0;
            StreamHeader old = _asset.Header();
            byte[] coarse = _asset.Files[2];
            ShowfloorClient client = Client();
            client.TransportFactory = () => new FakeServer(request =>
            {
                if (calls++ > 0)
                {
                    return _asset.Reply(request);
                }
                _asset.Etag = "e2";
                _asset.Files[2] = FakeAsset.Noise(600, 7);
                return FakeServer.Body(
                    FakeServer.Frame(new StreamAssetResponse { Header = old }),
                    FakeServer.Frame(new StreamAssetResponse { Chunk = new Chunk { Level = 2, Data = coarse } }),
                    FakeServer.Frame(new StreamAssetResponse { LodEnd = new LodEnd { Level = 2 } }),
                    new byte[0]);
            });
            ProductModel model = await client.LoadAsync("sku-42", new GameObject("shelf").transform);
            await model.Completed;
            Assert.AreEqual("e2", model.Variant!.Etag);
            Assert.AreEqual(3, model.LevelCount);
            Assert.IsTrue(_loader.Made[0].Disposed, "the old one");
            Assert.AreEqual(3, _loader.Made.Count(m => !m.Disposed));
        });

        private ShowfloorClient Client()
        {
            ShowfloorClient client = new GameObject("client").AddComponent<ShowfloorClient>();
            client.Settings = ScriptableObject.CreateInstance<ShowfloorSettings>();
            client.TransportFactory = _asset.Server;
            client.ModelLoader = _loader;
            return client;
        }

        private sealed class Told : IProgress<LoadProgress>
        {
            private readonly Action<LoadProgress> _tell;

            public Told(Action<LoadProgress> tell) => _tell = tell;

            public void Report(LoadProgress value) => _tell(value);
        }
    }
}
