#nullable enable
using System;
using System.Linq;
using System.Numerics;
using NUnit.Framework;
using Showfloor.Scene;
using Size = Showfloor.V1.Size;

namespace Showfloor.Tests
{
    [TestFixture]
    public class SceneTests
    {
        [TestCase(0.97f, 1f)]
        [TestCase(1.04f, 1f)]
        [TestCase(1.2f, 1.2f)]
        [TestCase(0.1f, 0.5f)]
        [TestCase(9f, 2f)]
        [TestCase(float.NaN, 1f)]
        [TestCase(float.PositiveInfinity, 1f)]
        public void ScalesStayInTheirLimitsAndSnap(float asked, float got) =>
            Assert.AreEqual(got, new ScaleLimits(0.5f, 2f).Clamp(asked));

        [Test]
        public void ProductsOfKnownSizeStayTrue() => Assert.AreEqual(1f, ScaleLimits.TrueSize.Clamp(1.7f));

        [TestCase(0.1)]
        [TestCase(0.005)]
        [TestCase(12.0)]
        [TestCase(0.0)]
        [TestCase(double.NaN)]
        public void LimitsFollowTheSizeAndAllowTheTrueOne(double height)
        {
            ScaleLimits limits = ScaleLimits.For(new Size { XM = height / 2, YM = height, ZM = height / 3 });
            Assert.AreEqual(1f, limits.Clamp(1f));
            if (height > 0)
            {
                Assert.That(limits.Clamp(1000f) * height, Is.LessThanOrEqualTo(Math.Max(5.001, height)));
                Assert.That(limits.Clamp(1e-5f) * height, Is.GreaterThanOrEqualTo(Math.Min(0.0199, height)));
            }
        }

        [Test]
        public void TwoHandsScaleTurnAndMove()
        {
            var gesture = new TwoHandGesture(new Vector3(-1, 1, 0), new Vector3(1, 1, 0));
            gesture.Update(new Vector3(0, 2, 2), new Vector3(0, 2, -2));
            Assert.AreEqual(2f, gesture.Scale, 1e-5f);
            Assert.AreEqual(Math.PI / 2, gesture.Yaw, 1e-5);
            Assert.AreEqual(new Vector3(0, 1, 0), gesture.Move);
        }

        [Test]
        public void ATurnAcrossTheBackDoesNotJump()
        {
            var gesture = new TwoHandGesture(Vector3.Zero, At(175));
            gesture.Update(Vector3.Zero, At(-175));
            Assert.AreEqual(10 * Math.PI / 180, gesture.Yaw, 1e-4);
        }

        [Test]
        public void HandsInOnePlaceChangeNothing()
        {
            var gesture = new TwoHandGesture(Vector3.One, Vector3.One);
            gesture.Update(Vector3.One, Vector3.One);
            Assert.AreEqual(1f, gesture.Scale);
            Assert.AreEqual(0f, gesture.Yaw);
        }

        [TestCase(0f, 0f, 2f, 0.0)]
        [TestCase(2f, 0f, 0f, 90.0)]
        [TestCase(0f, 0f, -2f, 180.0)]
        [TestCase(0f, 2f, 0f, 0.0)]
        public void ProductsFaceTheViewer(float x, float y, float z, double degrees) =>
            Assert.AreEqual(degrees, Placement.Facing(Vector3.Zero, new Vector3(x, y, z)) * 180 / Math.PI, 1e-4);

        [TestCase(0f, 1f, true)]
        [TestCase(0.2f, 1f, true)]
        [TestCase(0.4f, 1f, false)]
        [TestCase(1f, 0f, false)]
        [TestCase(0f, -1f, false)]
        [TestCase(0f, 0f, false)]
        public void ThingsStandOnWhatIsLevel(float x, float y, bool can) =>
            Assert.AreEqual(can, Placement.CanStandOn(new Vector3(x, y, 0)));

        [Test]
        public void AProductIsTurnedWhereThatMakesItFit()
        {
            var shelf = new Size { XM = 0.5, YM = 0.4, ZM = 1.0 };
            FitResult turned = Placement.Fit(new Size { XM = 0.9, YM = 0.3, ZM = 0.4 }, shelf);
            Assert.IsTrue(turned.Fits);
            Assert.IsTrue(turned.Turned);
            Assert.AreEqual(0.1f, turned.Spare.X, 1e-5f);
            FitResult straight = Placement.Fit(new Size { XM = 0.4, YM = 0.3, ZM = 0.4 }, shelf);
            Assert.IsTrue(straight.Fits && !straight.Turned);
            FitResult high = Placement.Fit(new Size { XM = 0.1, YM = 0.5, ZM = 0.1 }, shelf);
            Assert.IsFalse(high.Fits);
            Assert.AreEqual(-0.1f, high.Spare.Y, 1e-5f);
        }

        [TestCase(0.2f, 0.21f, true)]
        [TestCase(0.2f, 0.3f, false)]
        [TestCase(0.2f, 0f, false)]
        [TestCase(float.NaN, 0.2f, false)]
        public void ATargetOfTheWrongWidthIsNotBelieved(float declared, float measured, bool plausible) =>
            Assert.AreEqual(plausible, Placement.TryTargetScale(declared, measured, out _));

        [Test]
        public void AProductStandsBeforeItsTarget()
        {
            Vector3 at = Placement.BesideTarget(new Vector3(0, 0, 1), new Vector3(0, 0, -1), 0.2f, new Size { ZM = 0.1 }, 0.05f);
            Assert.AreEqual(0.8f, at.Z, 1e-6f);
        }

        [Test]
        public void AFrameHasItsBudget()
        {
            double now = 0;
            var budget = new FrameBudget(4, () => now);
            now = 3;
            Assert.IsFalse(budget.IsSpent);
            Assert.IsTrue(budget.Fits(1));
            Assert.IsFalse(budget.Fits(1.5));
            now = 4;
            Assert.IsTrue(budget.IsSpent);
            budget.NewFrame();
            Assert.IsFalse(budget.IsSpent);
        }

        [Test]
        public void LevelsSwitchFromFineToCoarse()
        {
            float[] heights = LodTransitions.Heights(new long[] { 60000, 20000, 5000 });
            Assert.AreEqual(Math.Sqrt(20000 / 0.15) / 1080, heights[0], 1e-5);
            Assert.AreEqual(Math.Sqrt(5000 / 0.15) / 1080, heights[1], 1e-5);
            Assert.AreEqual(0.01f, heights[2]);
            foreach (long[] triangles in new[] { new long[] { 5, 5, 5, 5 }, new long[] { 1, 1000000, 1000000 }, new long[0], new long[] { 9 } })
            {
                float[] odd = LodTransitions.Heights(triangles);
                Assert.IsTrue(odd.Zip(odd.Skip(1), (a, b) => a > b).All(falls => falls));
                Assert.IsTrue(odd.All(h => h > 0 && h < 1));
            }
        }

        private static Vector3 At(double degrees) =>
            new Vector3((float)Math.Sin(degrees * Math.PI / 180), 0, (float)Math.Cos(degrees * Math.PI / 180));
    }
}
