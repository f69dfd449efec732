#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using Showfloor.V1;
using Showfloor.VR;
using Unity.XR.CoreUtils;
using UnityEngine;
using UnityEngine.UI;
using UnityEngine.XR.Interaction.Toolkit.Interactables;
using UnityEngine.XR.Interaction.Toolkit.Interactors;
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Comfort;
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Movement;
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Teleportation;
using UnityEngine.XR.Interaction.Toolkit.Locomotion.Turning;
using Text = UnityEngine.UI.Text;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.Tests
{
    /// <summary>As the script of the toolkit's Starter Assets, which no package can refer to.</summary>
    public sealed class ControllerInputActionManager : MonoBehaviour
    {
        public bool smoothTurnEnabled { get; set; } = true;

        public bool smoothMotionEnabled { get; set; } = true;
    }

    [TestFixture]
    public class ShowroomTests
    {
        private readonly Shop _shop = new Shop();

        [Test]
        public void TheShelfShowsTheCataloguePageByPageWithoutWhatHasNoModel() => MainLoop.Run(async loop =>
        {
            _shop.Add("a", "flat1", "b", "c", "d", "e");
            (ProductShelf shelf, ShelfSocket[] places, Text label) = NewShelf(2);
            var shown = new List<string>();
            shelf.Shown.AddListener(shown.Add);
            await shelf.ShowAllAsync();
            CollectionAssert.AreEqual(new[] { "a", "b" }, places.Select(p => p.ProductId));
            StringAssert.Contains("1 / 3", label.text);
            GameObject first = places[0].Model!.gameObject;
            Assert.IsTrue(first.GetComponent<GrabbableProduct>() != null);
            shelf.Next();
            await loop.Until(() => shown.Count == 4);
            CollectionAssert.AreEqual(new[] { "c", "d" }, places.Select(p => p.ProductId));
            Assert.IsTrue(first == null, "what stood there is gone");
            shelf.Next();
            await loop.Until(() => shown.Count == 5);
            CollectionAssert.AreEqual(new[] { "e", "" }, places.Select(p => p.ProductId));
        });

        [Test]
        public void AProductThatCannotBeLoadedEndsNothing() => MainLoop.Run(async loop =>
        {
            _shop.Add("a", "b", "c");
            _shop.Broken = "b";
            (ProductShelf shelf, ShelfSocket[] places, Text label) = NewShelf(3);
            await shelf.ShowAllAsync();
            Assert.IsTrue(places[0].Model != null && places[1].Model == null && places[2].Model != null);
            StringAssert.Contains("no longer here", label.text);
        });

        [Test]
        public void WhatAHandHoldsStaysInTheHand() => MainLoop.Run(async loop =>
        {
            _shop.Add("a", "b");
            (ProductShelf shelf, ShelfSocket[] places, Text _) = NewShelf(1);
            await shelf.ShowAllAsync();
            GrabbableProduct held = places[0].Model!.GetComponent<GrabbableProduct>();
            Assert.IsFalse(held.IsHeld);
            held.Interactable!.interactorsSelecting.Add(places[0]);
            Assert.IsFalse(held.IsHeld, "a shelf is no hand");
            held.Interactable.interactorsSelecting.Add(new GameObject("hand").AddComponent<XRDirectInteractor>());
            shelf.Next();
            await loop.Until(() => places[0].Model != null && places[0].ProductId == "b");
            Assert.IsTrue(held != null);
        });

        [Test]
        public void SearchRecommendationAndScrollingAskTheServerAndSayWhenThereIsNothing() => MainLoop.Run(async loop =>
        {
            _shop.Add("tin", "cup", "flat1");
            (ProductShelf shelf, ShelfSocket[] places, Text label) = NewShelf(2);
            await shelf.SearchAsync("cup");
            CollectionAssert.AreEqual(new[] { "cup", "" }, places.Select(p => p.ProductId));
            await shelf.SearchAsync("sofa");
            StringAssert.Contains("Nothing with a 3D model", label.text);
            shelf.Session.Add("tin");
            await shelf.RecommendAsync();
            CollectionAssert.AreEqual(new[] { "tin" }, _shop.Recommended!.SessionProductIds);
            CollectionAssert.AreEqual(new[] { "cup", "tin" }, places.Select(p => p.ProductId));
            await shelf.ScrollToAsync(new[] { "vase" });
            Assert.AreEqual("vase", places[0].ProductId);
        });

        [Test]
        public void WhatStaysOnTheShelfGetsItsFinestLevel() => MainLoop.Run(async loop =>
        {
            _shop.Add("a", "b");
            (ProductShelf shelf, ShelfSocket[] places, Text _) = NewShelf(2);
            await shelf.ShowAllAsync();
            ProductModel model = places[1].Model!;
            Assert.That(model.FinestLevel, Is.GreaterThan(0), "finer ones are still to come");
            await shelf.ScrollToAsync(new[] { "b" });
            Assert.AreSame(model, places[1].Model);
            await model.Completed;
            Assert.AreEqual(0, model.FinestLevel);
        });

        [Test]
        public void LeavingAPageEndsItsLoading() => MainLoop.Run(async loop =>
        {
            ShelfSocket place = Scene.New<ShelfSocket>("place", ("_productId", "a"));
            using (var left = new System.Threading.CancellationTokenSource())
            {
                Task fill = place.FillAsync(_shop.Client, left.Token);
                left.Cancel();
                await Waiting.IsCancelled(() => fill);
            }
            Task other = place.FillAsync(_shop.Client);
            place.Clear();
            await Waiting.IsCancelled(() => other);
            Assert.IsTrue(place.Model == null && place.ProductId.Length == 0);
        });

        [Test]
        public void AShelfWithoutAClientSaysSoAndThrowsNothing() => MainLoop.Run(async loop =>
        {
            Text label = Scene.New<Text>("label");
            Scene.Tell(Scene.New<ProductShelf>("shelf", ("_label", label)), "Start");
            await loop.Until(() => label.text.Length > 0);
        });

        [Test]
        public void WhatIsPlacedStandsBesideWhatWasPlacedBefore() => MainLoop.Run(async loop =>
        {
            Camera.main = Scene.New<Camera>("eyes");
            var placed = new List<string>();
            ShowroomActions actions = Scene.New<ShowroomActions>("actions", ("_client", _shop.Client));
            actions.Placed.AddListener(placed.Add);
            foreach (string id in new[] { "a", "b", "a" })
            {
                actions.Place(id);
            }
            await loop.Until(() => placed.Count == 3);
            var spots = (List<Transform>)typeof(ShowroomActions)
                .GetField("_spots", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.GetValue(actions)!;
            for (int i = 0; i < 3; i++)
            {
                Assert.That(spots.Skip(i + 1).All(other => Vector3.Distance(other.position, spots[i].position) > 0.5f), "spot " + i);
            }
            spots[0].GetComponentInChildren<GrabbableProduct>().Grabbed.Invoke("a");
            Assert.AreEqual(2, spots.Count, "what is in a hand leaves its spot");
            Camera.main = null;
        });

        [Test]
        public void AShelfTakesWhatFitsAsLargeAsItIsNow() => MainLoop.Run(async loop =>
        {
            ShelfSocket place = Scene.New<ShelfSocket>("place");
            place.Space = new Vector3(1.2f, 1.2f, 1.2f);
            ProductModel model = await _shop.Client.LoadAsync("a", new GameObject("room").transform);
            Assert.IsTrue(place.Fits(model));
            model.transform.localScale = Vector3.one * 2f;
            Assert.IsFalse(place.Fits(model));
            Assert.IsFalse(place.showInteractableHoverMeshes);
        });

        [Test]
        public void TwoHandsScaleAndOneStickDoesNot() => MainLoop.Run(async loop =>
        {
            ProductModel model = await _shop.Client.LoadAsync("a", new GameObject("room").transform);
            GrabbableProduct product = GrabbableProduct.Make(model);
            var hands = model.GetComponent<UnityEngine.XR.Interaction.Toolkit.Transformers.XRGeneralGrabTransformer>();
            Assert.IsTrue(hands.allowTwoHandedScaling && hands.clampScaling && !hands.allowOneHandedScaling);
            Assert.AreEqual(InteractableSelectMode.Multiple, product.Interactable!.selectMode);
            Assert.AreSame(product, GrabbableProduct.Make(model), "again is the same");
        });

        [Test]
        public void WhatOneReplyAsksHappensInOrder() => MainLoop.Run(async loop =>
        {
            SceneDirector director = Scene.New<SceneDirector>("stage", ("_client", _shop.Client));
            var run = typeof(SceneDirector).GetMethod("Run", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
            run.Invoke(director, new object[] { new SceneAction { Kind = SceneActionKind.Show, ProductIds = { "a" } } });
            run.Invoke(director, new object[] { new SceneAction { Kind = SceneActionKind.ChangeVariant, Text = "blue" } });
            await loop.Until(() => director.Shown.Count == 1 && director.Shown["a"].MaterialVariant == "blue");
        });

        [Test]
        public void ComfortReachesTheRigItsControllersAndTheVignette()
        {
            var rig = new GameObject("rig");
            XROrigin origin = rig.AddComponent<XROrigin>();
            ContinuousMoveProvider walk = Below<ContinuousMoveProvider>(rig, "Move");
            SnapTurnProvider snap = Below<SnapTurnProvider>(rig, "Turn");
            ControllerInputActionManager left = Below<ControllerInputActionManager>(rig, "Left Controller");
            ControllerInputActionManager right = Below<ControllerInputActionManager>(rig, "Right Controller");
            TunnelingVignetteController view = Below<TunnelingVignetteController>(rig, "TunnelingVignette");
            ComfortSettings comfort = rig.AddComponent<ComfortSettings>();
            comfort.Load();
            Assert.IsTrue(snap.enabled && !walk.enabled);
            Assert.IsFalse(left.smoothMotionEnabled || left.smoothTurnEnabled || right.smoothMotionEnabled);
            Assert.AreSame(walk, view.locomotionVignetteProviders.Single().locomotionProvider);
            Assert.AreEqual(0.7f, view.defaultParameters.apertureSize);
            Assert.AreEqual(XROrigin.TrackingOriginMode.Floor, origin.RequestedTrackingOriginMode);
            comfort.Walking = true;
            comfort.SnapTurn = false;
            comfort.Seated = true;
            comfort.ViewWhileMoving = 1f;
            Assert.IsTrue(left.smoothMotionEnabled && !right.smoothMotionEnabled && right.smoothTurnEnabled);
            Assert.AreEqual(1, view.locomotionVignetteProviders.Count);
            Assert.AreEqual(1f, view.defaultParameters.apertureSize);
            Assert.AreEqual(XROrigin.TrackingOriginMode.Device, origin.RequestedTrackingOriginMode);
            Assert.AreEqual(1.6f, origin.CameraYOffset);
        }

        [Test]
        public void TheFloorIsOnTheLayerThatTeleportRaysSee()
        {
            TeleportationProvider provider = Scene.New<TeleportationProvider>("rig");
            TeleportFloor floor = Scene.New<TeleportFloor>("floor", ("_provider", provider));
            Scene.Tell(floor, "Start");
            Assert.AreSame(provider, floor.Area!.teleportationProvider);
            Assert.AreEqual(int.MinValue, (int)floor.Area.interactionLayers, "bit 31");
        }

        private static T Below<T>(GameObject rig, string name)
            where T : Component
        {
            var holder = new GameObject(name);
            holder.transform.SetParent(rig.transform);
            return holder.AddComponent<T>();
        }

        private (ProductShelf Shelf, ShelfSocket[] Places, Text Label) NewShelf(int places)
        {
            Text label = Scene.New<Text>("label");
            ProductShelf shelf = Scene.New<ProductShelf>("shelf", ("_client", _shop.Client), ("_label", label));
            return (shelf, Enumerable.Range(0, places).Select(i => Below<ShelfSocket>(shelf.gameObject, "place " + i)).ToArray(), label);
        }
    }
}
