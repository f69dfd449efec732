#nullable enable
#if SHOWFLOOR_ADDRESSABLES
using UnityEditor;
using UnityEditor.AddressableAssets;
using UnityEditor.AddressableAssets.Settings;
#endif

namespace Showfloor.Editor
{
    /// <summary>Entries in Addressables, where that package is installed.</summary>
    internal static class AddressablesEntry
    {
#if SHOWFLOOR_ADDRESSABLES
        /// <summary>Whether Addressables is installed.</summary>
        public const bool Installed = true;
#else
        /// <summary>Whether Addressables is installed.</summary>
        public const bool Installed = false;
#endif

        /// <summary>Throws where Addressables is not installed.</summary>
        public static void Check()
        {
#if !SHOWFLOOR_ADDRESSABLES
            throw new ShowfloorException(
                RpcStatus.FailedPrecondition,
                "ADDRESSABLES_MISSING",
                "A label was given, and Addressables is not installed.",
                "Install com.unity.addressables, or leave the label empty.");
#endif
        }

        /// <summary>Adds an asset to the default group, with its path as address and a label.</summary>
        public static void Add(string path, string label)
        {
            Check();
#if SHOWFLOOR_ADDRESSABLES
            AddressableAssetSettings settings = AddressableAssetSettingsDefaultObject.GetSettings(true);
            AddressableAssetEntry? entry = settings.DefaultGroup == null
                ? null
                : settings.CreateOrMoveEntry(AssetDatabase.AssetPathToGUID(path), settings.DefaultGroup);
            if (entry is null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "ADDRESSABLES_REFUSED",
                    "Addressables takes no entry for " + path + ".",
                    "Give it a default group (Window > Asset Management > Addressables > Groups), and import outside Resources folders.");
            }
            entry.address = path;
            entry.SetLabel(label, true, true);
            AssetDatabase.SaveAssets();
#endif
        }
    }
}
