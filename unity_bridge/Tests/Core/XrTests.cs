#nullable enable
using System;
using System.Linq;
using NUnit.Framework;
using Showfloor.V1;
using Showfloor.Xr;
using Vector3 = System.Numerics.Vector3;

namespace Showfloor.Tests
{
    [TestFixture]
    public class XrTests
    {
        [TestCase("fashion/eyewear", TryOnKind.Face, "", "")]
        [TestCase("fashion/women/dresses", TryOnKind.Garment, "dress", "")]
        [TestCase("fashion/men/jeans", TryOnKind.Garment, "lower", "")]
        [TestCase("apparel", TryOnKind.Garment, "upper", "")]
        [TestCase("beauty/makeup/blush", TryOnKind.Makeup, "", "cheeks")]
        [TestCase("beauty/lipstick", TryOnKind.Makeup, "", "lips")]
        [TestCase("服装/连衣裙", TryOnKind.Garment, "dress", "")]
        [TestCase("彩妆/眼影", TryOnKind.Makeup, "", "eyes")]
        [TestCase("home/kitchen/tins", TryOnKind.None, "", "")]
        [TestCase("home/that/tabletop", TryOnKind.None, "", "")]
        public void TheCategorySaysHowAProductIsTriedOn(string category, TryOnKind kind, string garment, string region)
        {
            TryOnChoice choice = TryOnChoice.For(new Product { Id = "p", Category = category });
            Assert.AreEqual(kind, choice.Kind);
            Assert.AreEqual(garment, choice.GarmentCategory);
            Assert.AreEqual(region, choice.Region);
        }

        [Test]
        public void AnAttributeOverrulesTheCategoryAndGivesTheColour()
        {
            var product = new Product { Id = "p", Category = "home" };
            product.Attributes["try_on"] = "makeup";
            product.Attributes["colour_rgb"] = "#10a0ff";
            product.Attributes["finish"] = "gloss";
            MakeupLayer layer = TryOnChoice.For(product).Layer(3f);
            Assert.AreEqual("lips", layer.Region);
            Assert.AreEqual(0x10a0ffu, layer.ColourRgb);
            Assert.AreEqual("gloss", layer.Finish);
            Assert.AreEqual(1f, layer.Strength);
            product.Attributes["try_on"] = "none";
            Assert.AreEqual(TryOnKind.None, TryOnChoice.For(product).Kind);
        }

        [Test]
        public void WhatIsNotBuiltIsSaidKindly()
        {
            var error = new ShowfloorException(RpcStatus.Unimplemented, "NOT_BUILT", "This version of the server has no try-on.", "Update the server.");
            string english = ShopperText.Failure(error, "en");
            StringAssert.Contains("cannot do that yet", english);
            Assert.IsFalse(english.Contains("NOT_BUILT") || english.Contains("server"), english);
            StringAssert.Contains("暂时还没有", ShopperText.Failure(error, "zh-CN"));
        }

        [Test]
        public void EveryStatusHasASentenceWithoutItsCode()
        {
            foreach (RpcStatus status in (RpcStatus[])Enum.GetValues(typeof(RpcStatus)))
            {
                foreach (string language in new[] { "en", "zh" })
                {
                    string text = ShopperText.Failure(new ShowfloorException(status, "SOME_CODE", "No face was found.", "Show the whole face."), language);
                    Assert.That(text.Length, Is.GreaterThan(5));
                    Assert.IsFalse(text.Contains("SOME_CODE"));
                }
            }
        }

        [TestCase("1.72", 1.72)]
        [TestCase("1,72 m", 1.72)]
        [TestCase("172", 1.72)]
        [TestCase("172 cm", 1.72)]
        [TestCase("1.72米", 1.72)]
        public void HeightsAreReadAsPeopleTypeThem(string typed, double metres)
        {
            Assert.IsTrue(ShopperText.TryHeight(typed, out double got));
            Assert.AreEqual(metres, got, 1e-9);
        }

        [TestCase("")]
        [TestCase("tall")]
        [TestCase("0.2")]
        [TestCase("300")]
        [TestCase("-1.7")]
        [TestCase("NaN")]
        public void OtherHeightsAreNot(string typed) => Assert.IsFalse(ShopperText.TryHeight(typed, out _));

        [Test]
        public void MeasuresAreLines()
        {
            var measures = new[] { new BodyMeasure { Name = "chest", ValueMm = 960, ToleranceMm = 20 }, new BodyMeasure { Name = "neck", ValueMm = 380, ToleranceMm = 15 } };
            Assert.AreEqual("Chest 96.0 ± 2.0 cm\nNeck 38.0 ± 1.5 cm", ShopperText.Measures(measures, "en"));
            StringAssert.StartsWith("胸围 96.0", ShopperText.Measures(measures, "zh"));
        }

        /// <summary>The picture, rows from the bottom: "ab" below, "cd" above. Seen: c d / a b.</summary>
        [TestCase(0, false, "abcd")]
        [TestCase(90, false, "bdac")]
        [TestCase(180, false, "dcba")]
        [TestCase(270, false, "cadb")]
        [TestCase(-90, false, "cadb")]
        [TestCase(0, true, "cdab")]
        public void CameraPicturesAreTurnedUpright(int degrees, bool flipped, string made) =>
            Assert.AreEqual(made, new string(UprightPicture.Make("abcd".ToCharArray(), 2, 2, degrees, flipped)));

        [Test]
        public void LargePicturesAreScaledDown()
        {
            Assert.AreEqual((720, 1280), UprightPicture.Size(1920, 1080, 90));
            Assert.AreEqual((640, 480), UprightPicture.Size(640, 480, 0));
            Assert.AreEqual(8 * 4, UprightPicture.Make(new byte[64 * 32], 64, 32, 0, false, 8).Length);
            Assert.Throws<ArgumentException>(() => UprightPicture.Make(new byte[3], 2, 2, 0, false));
            Assert.Throws<ArgumentOutOfRangeException>(() => UprightPicture.Size(2, 2, 45));
        }

        [Test]
        public void AShelfHasPagesAndGoesRound()
        {
            var shelf = new ShelfPlan(3);
            CollectionAssert.AreEqual(new[] { "", "", "" }, shelf.Slots());
            shelf.Set("a b c d a".Split(' '));
            Assert.AreEqual(2, shelf.Pages);
            shelf.Turn(1);
            CollectionAssert.AreEqual(new[] { "d", "", "" }, shelf.Slots());
            shelf.Turn(1);
            Assert.AreEqual(0, shelf.Page);
            shelf.Turn(-3);
            Assert.AreEqual(1, shelf.Page);
        }

        [Test]
        public void AShelfScrollsToAProductOrTakesItInFront()
        {
            var shelf = new ShelfPlan(2);
            shelf.Set(new[] { "a", "b", "c" });
            Assert.IsTrue(shelf.ScrollTo(new[] { "z", "c" }));
            Assert.AreEqual(1, shelf.Page);
            Assert.IsTrue(shelf.ScrollTo(new[] { "x", "y" }));
            CollectionAssert.AreEqual(new[] { "x", "y" }, shelf.Slots());
            Assert.AreEqual(5, shelf.Products.Count);
            Assert.IsFalse(new ShelfPlan(1).ScrollTo(Array.Empty<string>()));
        }

        [Test]
        public void ProductsStandBeforeLyingAndStandingPackaging()
        {
            TargetPose lying = TargetPose.Of(Vector3.Zero, Vector3.UnitY, Vector3.UnitZ, 0.2f, 0.1f, true);
            Assert.AreEqual(-0.17f, lying.Position.Z, 1e-6f);
            Assert.AreEqual(-Vector3.UnitZ, lying.Forward);
            Assert.AreEqual(Vector3.Zero, TargetPose.Of(Vector3.Zero, Vector3.UnitY, Vector3.UnitZ, 0.2f, 0.1f, false).Position);
            TargetPose standing = TargetPose.Of(new Vector3(0, 1, 0), -Vector3.UnitZ, Vector3.UnitY, 0.2f, 0.1f, true);
            Assert.AreEqual(Vector3.UnitY, standing.Up);
            Assert.AreEqual(-Vector3.UnitZ, standing.Forward);
            Assert.AreEqual(0.9f, standing.Position.Y, 1e-6f);
            Assert.AreEqual(-0.07f, standing.Position.Z, 1e-6f);
        }

        [Test]
        public void ComparedProductsStandSideBySide()
        {
            float[] at = LineUp.Along(new[] { (-0.1f, 0.1f), (0f, 0.4f) }, 0.1f);
            Assert.AreEqual(-0.25f, at[0], 1e-6f);
            Assert.AreEqual(-0.05f, at[1], 1e-6f);
            Assert.AreEqual(0f, LineUp.Along(new[] { (-1f, 1f) }).Single(), 1e-6f);
            Assert.IsEmpty(LineUp.Along(Array.Empty<(float, float)>()));
        }
    }
}
