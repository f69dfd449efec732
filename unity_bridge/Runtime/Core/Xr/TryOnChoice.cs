#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using Showfloor.V1;

namespace Showfloor.Xr
{
    /// <summary>How a product is tried on.</summary>
    public enum TryOnKind
    {
        /// <summary>It is placed in the room, not on a person.</summary>
        None,

        /// <summary>On the head: glasses, hats, earrings.</summary>
        Face,

        /// <summary>On the body: clothes.</summary>
        Garment,

        /// <summary>On the skin of the face: make-up.</summary>
        Makeup,
    }

    /// <summary>How a product is tried on, read from its category, tags and attributes. An attribute "try_on" ("face",
    /// "garment", "makeup" or "none") overrules all else.</summary>
    public sealed class TryOnChoice
    {
        private const uint DefaultColour = 0xB0303C;

        private static readonly string[] FaceWords = { "glasses", "eyewear", "sunglasses", "spectacles", "hat", "hats", "cap", "caps", "earring", "earrings", "眼镜", "墨镜", "帽", "耳环" };
        private static readonly string[] MakeupWords = { "makeup", "make-up", "cosmetics", "lipstick", "blush", "eyeshadow", "eyeliner", "化妆", "彩妆", "口红", "腮红", "眼影", "眉笔" };
        private static readonly string[] LowerWords = { "trousers", "pants", "jeans", "skirt", "skirts", "shorts", "leggings", "裤", "半身裙" };
        private static readonly string[] DressWords = { "dress", "dresses", "jumpsuit", "gown", "连衣裙", "长裙" };
        private static readonly string[] UpperWords = { "shirt", "shirts", "t-shirt", "tshirt", "blouse", "sweater", "jumper", "hoodie", "jacket", "coat", "top", "tops", "clothing", "apparel", "garment", "上衣", "衬衫", "毛衣", "外套", "夹克", "服装" };

        private TryOnChoice(TryOnKind kind) => Kind = kind;

        /// <summary>How it is tried on.</summary>
        public TryOnKind Kind { get; }

        /// <summary>Of a garment: "upper", "lower" or "dress"; empty otherwise.</summary>
        public string GarmentCategory { get; private set; } = "";

        /// <summary>Of make-up: "lips", "cheeks", "eyes" or "brows"; empty otherwise.</summary>
        public string Region { get; private set; } = "";

        /// <summary>Of make-up: sRGB, 0xRRGGBB, from the attribute "colour_rgb" ("#b0303c").</summary>
        public uint ColourRgb { get; private set; } = DefaultColour;

        /// <summary>Of make-up: "matte", "satin" or "gloss".</summary>
        public string Finish { get; private set; } = "";

        /// <summary>How this product is tried on.</summary>
        public static TryOnChoice For(Product product)
        {
            HashSet<string> words = Words(product, out string text);
            product.Attributes.TryGetValue("try_on", out string said);
            switch (said)
            {
                case "face":
                    return new TryOnChoice(TryOnKind.Face);
                case "garment":
                    return Garment(words, text);
                case "makeup":
                    return Makeup(product, words, text);
                case "none":
                    return new TryOnChoice(TryOnKind.None);
            }
            if (Has(words, text, MakeupWords))
            {
                return Makeup(product, words, text);
            }
            if (Has(words, text, FaceWords))
            {
                return new TryOnChoice(TryOnKind.Face);
            }
            return Has(words, text, DressWords) || Has(words, text, LowerWords) || Has(words, text, UpperWords)
                ? Garment(words, text)
                : new TryOnChoice(TryOnKind.None);
        }

        /// <summary>The make-up as the server takes it.</summary>
        /// <param name="strength">0 to 1.</param>
        public MakeupLayer Layer(float strength = 0.7f) => new MakeupLayer
        {
            Region = Region,
            ColourRgb = ColourRgb,
            Strength = Math.Min(1f, Math.Max(0f, strength)),
            Finish = Finish,
        };

        private static TryOnChoice Garment(HashSet<string> words, string text) => new TryOnChoice(TryOnKind.Garment)
        {
            GarmentCategory = Has(words, text, DressWords) ? "dress" : Has(words, text, LowerWords) ? "lower" : "upper",
        };

        private static TryOnChoice Makeup(Product product, HashSet<string> words, string text)
        {
            var choice = new TryOnChoice(TryOnKind.Makeup)
            {
                Region = Has(words, text, "blush", "cheek", "cheeks", "腮红") ? "cheeks"
                    : Has(words, text, "eyeshadow", "eyeliner", "eyes", "眼影", "眼线") ? "eyes"
                    : Has(words, text, "brow", "brows", "eyebrow", "眉") ? "brows"
                    : "lips",
                Finish = "satin",
            };
            if (product.Attributes.TryGetValue("finish", out string finish) && (finish == "matte" || finish == "gloss"))
            {
                choice.Finish = finish;
            }
            if (product.Attributes.TryGetValue("colour_rgb", out string colour)
                && uint.TryParse(colour.Trim().TrimStart('#'), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint rgb)
                && rgb <= 0xFFFFFF)
            {
                choice.ColourRgb = rgb;
            }
            return choice;
        }

        private static HashSet<string> Words(Product product, out string text)
        {
            text = (product.Category + " " + string.Join(" ", product.Tags)).ToLowerInvariant();
            return new HashSet<string>(
                text.Split(new[] { '/', ' ', ',', ';', '_', '>' }, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
        }

        /// <summary>Latin words must stand alone ("hat" is not in "that"); Chinese has no spaces, so there a part is enough.</summary>
        private static bool Has(HashSet<string> words, string text, params string[] wanted)
        {
            foreach (string word in wanted)
            {
                if (word[0] < 0x80 ? words.Contains(word) : text.Contains(word))
                {
                    return true;
                }
            }
            return false;
        }
    }
}
