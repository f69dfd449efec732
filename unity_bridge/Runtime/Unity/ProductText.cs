#nullable enable
using System.Collections.Generic;
using System.Globalization;
using Showfloor.V1;

namespace Showfloor.Unity
{
    /// <summary>What a product says of itself, in the shopper's language.</summary>
    public static class ProductText
    {
        /// <summary>Its title in a language, else in English, else in any; its id where it has none.</summary>
        public static string Title(Product product, string language) => Pick(product.Titles, language, product.Id);

        /// <summary>Its description in a language, else in English, else in any; empty where it has none.</summary>
        public static string Description(Product product, string language) => Pick(product.Descriptions, language, "");

        /// <summary>An exact amount: "12.50 EUR"; empty where there is none.</summary>
        public static string Price(Money? price)
        {
            if (price is null)
            {
                return "";
            }
            decimal amount = price.Units + (price.Nanos / 1_000_000_000m);
            return amount.ToString("0.00#######", CultureInfo.InvariantCulture) + " " + price.CurrencyCode;
        }

        /// <summary>"12.0 × 30.5 × 8.0 cm" (width, height, depth); empty where the size is not known.</summary>
        public static string Size(Size? size) =>
            size is null || size.YM <= 0
                ? ""
                : string.Format(
                    CultureInfo.InvariantCulture, "{0:0.0} × {1:0.0} × {2:0.0} cm", size.XM * 100, size.YM * 100, size.ZM * 100);

        private static string Pick(IDictionary<string, string> texts, string language, string otherwise)
        {
            string main = language.Split('-')[0];
            foreach (string wanted in new[] { language, main, "en" })
            {
                if (texts.TryGetValue(wanted, out string text))
                {
                    return text;
                }
            }
            foreach (string any in texts.Values)
            {
                return any;
            }
            return otherwise;
        }
    }
}
