#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Showfloor.V1;

namespace Showfloor.Xr
{
    /// <summary>Sentences for shoppers, in English and Chinese. What developers need (code, fix) belongs into the log.</summary>
    public static class ShopperText
    {
        private static readonly Dictionary<string, string> Chinese = new Dictionary<string, string>
        {
            ["chest"] = "胸围", ["waist"] = "腰围", ["hip"] = "臀围", ["inseam"] = "内缝长", ["shoulder"] = "肩宽",
        };

        /// <summary>Picks a text by language: Chinese for "zh" and its regions, English for all others.</summary>
        public static string In(string language, string english, string chinese) =>
            language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? chinese : english;

        /// <summary>A failure, kindly: what it means for the shopper and what they can do.</summary>
        /// <param name="error">What went wrong.</param>
        /// <param name="language">BCP 47.</param>
        public static string Failure(ShowfloorException error, string language)
        {
            if (error.Code == "NOT_BUILT" || error.Status == RpcStatus.Unimplemented)
            {
                return In(language, "This shop cannot do that yet. You can still look at everything in your room.", "本店暂时还没有这项功能。您仍然可以把商品放到房间里查看。");
            }
            switch (error.Status)
            {
                case RpcStatus.Unavailable:
                case RpcStatus.DeadlineExceeded:
                    return In(language, "The shop cannot be reached right now. Check your connection and try again.", "暂时连接不上商店。请检查网络后重试。");
                case RpcStatus.NotFound:
                    return In(language, "This product is no longer here.", "这件商品已经下架了。");
                case RpcStatus.ResourceExhausted:
                    return In(language, "The shop is very busy. Try again in a moment.", "商店现在很忙。请稍后再试。");
                case RpcStatus.InvalidArgument:
                case RpcStatus.OutOfRange:
                    return language.StartsWith("zh", StringComparison.OrdinalIgnoreCase)
                        ? "这次没有成功：" + error.Message
                        : error.Message + (error.Fix.Length > 0 ? " " + error.Fix : "");
                case RpcStatus.Unauthenticated:
                case RpcStatus.PermissionDenied:
                    return In(language, "This app may not do that in this shop.", "这个应用没有在本店使用该功能的权限。");
                default:
                    return In(language, "Something went wrong. Try again.", "出了点问题。请再试一次。");
            }
        }

        /// <summary>Body measures as lines: "Chest 96.0 ± 2.0 cm".</summary>
        public static string Measures(IEnumerable<BodyMeasure> measures, string language)
        {
            var text = new StringBuilder();
            foreach (BodyMeasure measure in measures)
            {
                string name = measure.Name.Length == 0 ? "?" : char.ToUpperInvariant(measure.Name[0]) + measure.Name.Substring(1);
                if (Chinese.TryGetValue(measure.Name, out string chinese))
                {
                    name = In(language, name, chinese);
                }
                text.AppendFormat(
                    CultureInfo.InvariantCulture, "{0}{1} {2:0.0} ± {3:0.0} cm", text.Length > 0 ? "\n" : "", name, measure.ValueMm / 10, measure.ToleranceMm / 10);
            }
            return text.ToString();
        }

        /// <summary>A height that a shopper typed, in metres: "1.72", "1,72", "172", "172 cm". The server takes 0.5 to 2.5.</summary>
        /// <param name="typed">What was typed.</param>
        /// <param name="metres">The height.</param>
        /// <returns>Whether it is one.</returns>
        public static bool TryHeight(string typed, out double metres)
        {
            string number = typed.Trim().ToLowerInvariant().Replace("cm", "").Replace("米", "").Replace("m", "").Trim().Replace(',', '.');
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out metres))
            {
                return false;
            }
            metres = metres > 3 ? metres / 100 : metres;
            return metres >= 0.5 && metres <= 2.5;
        }
    }
}
