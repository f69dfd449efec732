#nullable enable
using Showfloor.Xr;
using Vuforia;

namespace Showfloor.AR
{
    /// <summary>How well a target is tracked.</summary>
    public enum TrackingQuality
    {
        /// <summary>It has not been seen yet, or was lost.</summary>
        None,

        /// <summary>Its pose is a guess: show the product, but let nobody place it.</summary>
        Limited,

        /// <summary>It is out of view; the device's own tracking keeps its place (extended tracking).</summary>
        Extended,

        /// <summary>It is seen.</summary>
        Tracked,
    }

    /// <summary>What Vuforia says of a target, for apps and for people.</summary>
    public static class TrackingText
    {
        /// <summary>Quality of a status.</summary>
        public static TrackingQuality Quality(TargetStatus status)
        {
            switch (status.Status)
            {
                case Status.TRACKED:
                    return TrackingQuality.Tracked;
                case Status.EXTENDED_TRACKED:
                    return TrackingQuality.Extended;
                case Status.LIMITED:
                    return TrackingQuality.Limited;
                default:
                    return TrackingQuality.None;
            }
        }

        /// <summary>What the shopper can do for better tracking; empty: nothing is wrong.</summary>
        /// <param name="status">What Vuforia says.</param>
        /// <param name="language">BCP 47.</param>
        public static string Hint(TargetStatus status, string language = "en")
        {
            switch (status.StatusInfo)
            {
                case StatusInfo.EXCESSIVE_MOTION:
                    return ShopperText.In(language, "Move the phone more slowly.", "请慢一点移动手机。");
                case StatusInfo.INSUFFICIENT_FEATURES:
                    return ShopperText.In(language, "Point the phone at something with more detail.", "请把手机对准细节更多的地方。");
                case StatusInfo.INSUFFICIENT_LIGHT:
                    return ShopperText.In(language, "It is too dark here.", "这里光线太暗。");
                case StatusInfo.RELOCALIZING:
                    return ShopperText.In(language, "Go back to where the product was.", "请回到刚才看到商品的位置。");
                case StatusInfo.INITIALIZING:
                    return ShopperText.In(language, "Move the phone a little from side to side.", "请左右轻轻移动手机。");
                case StatusInfo.NOT_OBSERVED:
                    return Point(language);
                default:
                    return Quality(status) == TrackingQuality.None ? Point(language) : "";
            }
        }

        private static string Point(string language) =>
            ShopperText.In(language, "Point the phone at the packaging.", "请把手机对准商品包装。");
    }
}
