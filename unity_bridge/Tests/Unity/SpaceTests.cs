#nullable enable
using NUnit.Framework;
using Showfloor.Unity;
using Showfloor.V1;

namespace Showfloor.Tests
{
    [TestFixture]
    public class SpaceTests
    {
        [Test]
        public void GltfSpaceGoesToUnityAndBack()
        {
            UnityEngine.Vector3 there = GltfSpace.ToUnity(new V1.Vector3 { X = 1, Y = 2, Z = 3 });
            Assert.AreEqual(new UnityEngine.Vector3(-1, 2, 3), there);
            Assert.AreEqual(1f, GltfSpace.ToGltf(there).X);
            UnityEngine.Quaternion turn = GltfSpace.ToUnity(new V1.Quaternion { Y = 0.6f, W = 0.8f });
            Assert.AreEqual(-0.6f, turn.y);
            Assert.AreEqual(0.8f, turn.w);
            Assert.AreEqual(1f, GltfSpace.ToUnity(new V1.Quaternion()).w);
        }

        [Test]
        public void ProductsSayWhatTheyAreInTheShoppersLanguage()
        {
            var product = new Product { Id = "sku-42", Price = new Money { CurrencyCode = "EUR", Units = 12, Nanos = 500000000 } };
            Assert.AreEqual("sku-42", ProductText.Title(product, "de"));
            product.Titles["zh"] = "茶叶罐";
            Assert.AreEqual("茶叶罐", ProductText.Title(product, "de"));
            product.Titles["en"] = "Tea tin";
            Assert.AreEqual("Tea tin", ProductText.Title(product, "de"));
            Assert.AreEqual("茶叶罐", ProductText.Title(product, "zh-CN"));
            Assert.AreEqual("12.50 EUR", ProductText.Price(product.Price));
            Assert.AreEqual("7.0 × 12.0 × 7.0 cm", ProductText.Size(new Size { XM = 0.07, YM = 0.12, ZM = 0.07 }));
        }
    }
}
