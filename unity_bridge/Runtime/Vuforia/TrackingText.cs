#nullable enable
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
        public static string Hint(TargetStatus status)
        {
            switch (status.StatusInfo)
            {
                case StatusInfo.EXCESSIVE_MOTION:
                    return "Move the phone more slowly.";
                case StatusInfo.INSUFFICIENT_FEATURES:
                    return "Point the phone at something with more detail.";
                case StatusInfo.INSUFFICIENT_LIGHT:
                    return "It is too dark here.";
                case StatusInfo.RELOCALIZING:
                    return "Go back to where the product was.";
                case StatusInfo.INITIALIZING:
                    return "Move the phone a little from side to side.";
                case StatusInfo.NOT_OBSERVED:
                    return "Point the phone at the packaging.";
                default:
                    return Quality(status) == TrackingQuality.None ? "Point the phone at the packaging." : "";
            }
        }
    }
}
