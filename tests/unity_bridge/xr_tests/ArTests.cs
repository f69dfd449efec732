#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.AR;
using Showfloor.Project;
using Showfloor.Project.Editor;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using Showfloor.Unity.Ui;
using Showfloor.V1;
using UnityEngine;
using UnityEngine.UI;
using Vuforia;
using Status = Vuforia.Status;
using Text = UnityEngine.UI.Text;

namespace Showfloor.Tests
{
    [TestFixture]
    public class ArTests
    {
        private readonly Shop _shop = new Shop();

        [SetUp]
        public void Begin() => VuforiaBehaviour.Instance = Scene.New<VuforiaBehaviour>("camera");

        [Test]
        public void PicturesThatVuforiaCannotUseAreRefused() => MainLoop.Run(async loop =>
        {
            PackagingTarget target = Scene.New<PackagingTarget>("packaging");
            StringAssert.Contains("pixels are too few", (await Waiting.Fails(() => target.MakeAsync(new Texture2D(319, 900)))).Message);
            target.WidthMetres = 0f;
            StringAssert.Contains("implausible", (await Waiting.Fails(() => target.MakeAsync(new Texture2D(400, 400)))).Message);
            VuforiaBehaviour.Instance = null;
            target.WidthMetres = 0.1f;
            Assert.AreEqual("VUFORIA_FAILED", (await Waiting.Fails(() => target.MakeAsync(new Texture2D(400, 400)))).Code);
        });

        [Test]
        public void TrackingIsToldOnceAndWithHints() => MainLoop.Run(async loop =>
        {
            PackagingTarget target = Scene.New<PackagingTarget>("packaging");
            var told = new List<string>();
            target.Found.AddListener(() => told.Add("found"));
            target.Lost.AddListener(() => told.Add("lost"));
            await target.MakeAsync(new Texture2D(400, 800));
            Assert.AreEqual(0.2f, target.HeightMetres, 1e-6f);
            target.Target!.Raise(new TargetStatus(Status.TRACKED, StatusInfo.NORMAL));
            target.Target.Raise(new TargetStatus(Status.EXTENDED_TRACKED, StatusInfo.NORMAL));
            target.Target.Raise(new TargetStatus(Status.LIMITED, StatusInfo.EXCESSIVE_MOTION));
            CollectionAssert.AreEqual(new[] { "found", "lost" }, told);
            StringAssert.Contains("slowly", target.LastHint);
            target.Language = "zh";
            target.Target.Raise(new TargetStatus(Status.NO_POSE, StatusInfo.NOT_OBSERVED));
            Assert.AreEqual("请把手机对准商品包装。", target.LastHint);
        });

        [Test]
        public void TheProductOutlivesItsTargetAndIsPlacedOnce() => MainLoop.Run(async loop =>
        {
            (TargetedProduct product, PackagingTarget target) = await NewAsync(loop);
            var placed = new List<string>();
            product.Placed.AddListener(placed.Add);
            product.ProductId = "a";
            ProductModel model = await product.ShowAsync();
            Assert.IsFalse(model.gameObject.activeInHierarchy, "nothing is tracked yet");
            See(product, target);
            Assert.IsTrue(model.gameObject.activeInHierarchy);
            await target.MakeAsync(new Texture2D(400, 400));
            Scene.Tell(product, "LateUpdate");
            Assert.IsTrue(model != null && !model.gameObject.activeInHierarchy);
            See(product, target);
            Assert.IsTrue(model!.gameObject.activeInHierarchy);
            await product.ShowAsync();
            See(product, target);
            CollectionAssert.AreEqual(new[] { "a" }, placed);
            product.AnnounceAgain();
            See(product, target);
            CollectionAssert.AreEqual(new[] { "a", "a" }, placed, "the shopper asked for it");
        });

        [Test]
        public void ComparedProductsStandSideBySideAndAFailureChangesNothing() => MainLoop.Run(async loop =>
        {
            (TargetedProduct product, PackagingTarget _) = await NewAsync(loop);
            await product.ShowAsync(new[] { "a", "b" });
            Assert.AreEqual(-0.55f, product.Models[0].transform.localPosition.x, 1e-5f);
            Assert.AreEqual(0.55f, product.Models[1].transform.localPosition.x, 1e-5f);
            _shop.Broken = "bad";
            await Waiting.Fails(() => product.ShowAsync(new[] { "c", "bad" }));
            CollectionAssert.AreEqual(new[] { "a", "b" }, product.Models.Select(m => m.gameObject.name));
        });

        [Test]
        public void TheBarFollowsWhatTheAssistantShows() => MainLoop.Run(async loop =>
        {
            (TargetedProduct product, PackagingTarget target) = await NewAsync(loop);
            _shop.Add("a", "b", "c");
            Text title = Scene.New<Text>("title");
            DialogueClient dialogue = Scene.New<DialogueClient>("dialogue");
            TryOnApp app = Scene.New<TryOnApp>(
                "app", ("_client", _shop.Client), ("_title", title), ("_target", target), ("_product", product), ("_dialogue", dialogue));
            Scene.Tell(app, "Start");
            await loop.Until(() => product.Model != null && title.text.Length > 0);
            await product.ShowAsync(new[] { "c" });
            await loop.Until(() => dialogue.ProductId == "c");
            StringAssert.Contains("c", title.text);
            app.Previous();
            await loop.Until(() => product.Model != null && product.Model.gameObject.name != "c");
            Assert.AreEqual(product.Model!.gameObject.name, dialogue.ProductId);
        });

        [Test]
        public void EveryActionOfTheAssistantIsDoneInOrder() => MainLoop.Run(async loop =>
        {
            (TargetedProduct product, PackagingTarget _) = await NewAsync(loop);
            ArActions actions = Scene.New<ArActions>("actions", ("_product", product));
            var told = new List<string>();
            actions.TryOnRequested.AddListener(id => told.Add("try " + id));
            actions.ShelfRequested.AddListener(id => told.Add("shelf " + id));
            foreach (SceneActionKind kind in (SceneActionKind[])Enum.GetValues(typeof(SceneActionKind)))
            {
                var action = new SceneAction { Kind = kind, Value = 90, Text = "blue" };
                action.ProductIds.AddRange(kind == SceneActionKind.Compare ? new[] { "a", "b" } : new[] { "a" });
                _ = actions.RunAsync(action);
            }
            await actions.RunAsync(new SceneAction { Kind = SceneActionKind.Rotate, Value = 10 });
            CollectionAssert.AreEqual(new[] { "try a", "shelf a" }, told);
            CollectionAssert.AreEqual(new[] { "a", "b" }, product.Models.Select(m => m.gameObject.name));
            Assert.IsFalse(product.Models.Any(m => m.MaterialVariant == "blue"), "compared after the colour was changed");
        });

        [Test]
        public void TryOnThatIsNotBuiltIsSaidKindly() => MainLoop.Run(async loop =>
        {
            Text message = Scene.New<Text>("message");
            InputField height = Scene.New<InputField>("height");
            TryOnPanel panel = Scene.New<TryOnPanel>(
                "panel", ("_client", _shop.Client), ("_message", message), ("_height", height), ("_photo", new Texture2D(8, 8)));
            height.text = "tall";
            panel.Measure();
            await loop.Until(() => message.text.Length > 0);
            StringAssert.Contains("172 cm", message.text);
            height.text = "172";
            panel.Measure();
            await loop.Until(() => message.text.Contains("cannot do that yet"));
            _shop.Products.Add(new Product { Id = "lipstick", Category = "beauty/lipstick" });
            panel.Open("lipstick");
            await loop.Until(() => message.text.Contains("No camera"));
            Assert.AreEqual(RpcStatus.Unimplemented, (await Waiting.Fails(() => panel.TryAsync(_shop.Products[0], new Texture2D(8, 8)))).Status);
            bool? needed = null;
            panel.CameraNeeded.AddListener(now => needed = now);
            panel.Close();
            Assert.AreEqual(false, needed);
            Assert.IsFalse(panel.IsOpen);
        });

        [Test]
        public void WhatIsNotWornIsSaidSo() => MainLoop.Run(async loop =>
        {
            Text message = Scene.New<Text>("message");
            _shop.Products.Add(new Product { Id = "tin", Category = "home/tins" });
            Scene.New<TryOnPanel>("panel", ("_client", _shop.Client), ("_message", message)).Open("tin");
            await loop.Until(() => message.text.Contains("not worn"));
        });

        [Test]
        public void TheBuilderKeepsWhatWasChangedByHand()
        {
            string folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            string list = Path.Combine(folder, "list.txt");
            string scene = Path.Combine(folder, "A scene.unity");
            Assert.IsTrue(new BuiltFiles(list).MayWrite(scene), "missing");
            File.WriteAllText(scene, "made");
            Assert.IsFalse(new BuiltFiles(list).MayWrite(scene), "not ours");
            new BuiltFiles(list).Wrote(scene, "1+rig");
            Assert.IsTrue(new BuiltFiles(list).MayWrite(scene), "as we left it");
            Assert.IsTrue(new BuiltFiles(list).IsCurrent(scene, "1+rig"));
            Assert.IsFalse(new BuiltFiles(list).IsCurrent(scene, "1+rig+vuforia"), "another would come out");
            File.WriteAllText(scene, "changed");
            Assert.IsFalse(new BuiltFiles(list).MayWrite(scene) || new BuiltFiles(list).IsCurrent(scene, "1+rig"));
            new BuiltFiles(list).Release(new[] { scene, Path.Combine(folder, "missing.unity") });
            Assert.IsTrue(new BuiltFiles(list).MayWrite(scene) && !new BuiltFiles(list).IsCurrent(scene, "1+rig"), "reset");
            Assert.AreEqual("changed", File.ReadAllText(scene), "it stays until the new one is there");
            Directory.Delete(folder, true);
        }

        [Test]
        public void TheRendererHasItsShaders()
        {
            UnityEngine.Rendering.ResourceReloader.Given.Clear();
            PlayerSetup.Shared();
            Assert.IsInstanceOf<UnityEngine.Rendering.Universal.UniversalRendererData>(UnityEngine.Rendering.ResourceReloader.Given.Single());
        }

        private static void See(TargetedProduct product, PackagingTarget target)
        {
            target.Target!.Raise(new TargetStatus(Status.TRACKED, StatusInfo.NORMAL));
            Scene.Tell(product, "LateUpdate");
        }

        private async Task<(TargetedProduct Product, PackagingTarget Target)> NewAsync(MainLoop loop)
        {
            PackagingTarget target = Scene.New<PackagingTarget>("packaging");
            await target.MakeAsync(new Texture2D(400, 400));
            TargetedProduct product = Scene.New<TargetedProduct>("product");
            product.Use(_shop.Client, target);
            return (product, target);
        }
    }
}
