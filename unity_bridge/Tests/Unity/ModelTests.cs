#nullable enable
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using UnityEngine;

namespace Showfloor.Tests
{
    /// <summary>What Unity's own LODGroup, colliders and objects do with it. Runs in Unity's Test Framework and against the
    /// stubs.</summary>
    [TestFixture]
    public class ModelTests
    {
        private readonly FakeAsset _asset = new FakeAsset();
        private readonly FakeLoader _loader = new FakeLoader();
        private readonly List<GameObject> _made = new List<GameObject>();

        [TearDown]
        public void End()
        {
            foreach (GameObject made in _made)
            {
                Object.DestroyImmediate(made);
            }
        }

        [Test]
        public void LevelsBecomeOneGroupWithoutAGap() => MainLoop.Run(async loop =>
        {
            var groups = new List<int>();
            ProductModel model = await Client().LoadAsync("sku-42", Shelf(), default, null, NoCache());
            model.LevelShown += _ => groups.Add(model.GetComponent<LODGroup>().lodCount);
            await model.Completed;
            CollectionAssert.AreEqual(new[] { 2, 3 }, groups);
            LOD[] lods = model.GetComponent<LODGroup>().GetLODs();
            Assert.IsTrue(lods.All(lod => lod.renderers.Length == 1 && lod.renderers[0] != null));
            CollectionAssert.IsOrdered(lods.Select(lod => -lod.screenRelativeTransitionHeight).ToList());
            Assert.AreEqual("LOD0", lods[0].renderers[0].gameObject.name);
            Assert.AreEqual(UnityEngine.Vector3.one, model.GetComponent<BoxCollider>().size);
            Assert.IsTrue(_loader.Made.All(level => level.Root.activeInHierarchy));
        });

        [Test]
        public void DestroyingTheModelFreesItAlsoBelowAnInactiveParent() => MainLoop.Run(async loop =>
        {
            Transform shelf = Shelf();
            shelf.gameObject.SetActive(false);
            ProductModel model = await Client().LoadAsync("sku-42", shelf, default, null, NoCache());
            await model.Completed;
            Object.DestroyImmediate(model.gameObject);
            Assert.IsTrue(_loader.Made.All(level => level.Disposed));
        });

        [Test]
        public void CancellingLeavesNothing() => MainLoop.Run(async loop =>
        {
            _asset.HoldsAfter = 3;
            Transform shelf = Shelf();
            using (var cancel = new CancellationTokenSource())
            {
                Task load = Client().LoadAsync("sku-42", shelf, cancel.Token, null, NoCache());
                await loop.Until(() => _asset.Calls > 0);
                cancel.Cancel();
                await Waiting.IsCancelled(() => load);
            }
            Assert.AreEqual(0, shelf.childCount);
        });

        private static LoadOptions NoCache() => new LoadOptions { Cache = CacheUse.Ignore };

        private Transform Shelf()
        {
            var shelf = new GameObject("shelf");
            _made.Add(shelf);
            return shelf.transform;
        }

        private ShowfloorClient Client()
        {
            var holder = new GameObject("client");
            _made.Add(holder);
            ShowfloorClient client = holder.AddComponent<ShowfloorClient>();
            client.Settings = ScriptableObject.CreateInstance<ShowfloorSettings>();
            client.TransportFactory = _asset.Server;
            client.ModelLoader = _loader;
            return client;
        }
    }
}
