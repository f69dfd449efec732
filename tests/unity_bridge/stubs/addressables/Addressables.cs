using System.Collections.Generic;
using UnityEngine;

namespace UnityEditor.AddressableAssets
{
    [StubOf("com.unity.addressables 1.21.21")] public class AddressableAssetSettingsDefaultObject { public static Settings.AddressableAssetSettings Settings { get; set; } public static Settings.AddressableAssetSettings GetSettings(bool create) => null; }
}

namespace UnityEditor.AddressableAssets.Settings
{
    [StubOf("com.unity.addressables 1.21.21")] public class AddressableAssetGroup : ScriptableObject { }
    [StubOf("com.unity.addressables 1.21.21")] public class AddressableAssetEntry { public string address { get; set; } public bool SetLabel(string label, bool enable, bool force = false, bool postEvent = true) => true; }
    [StubOf("com.unity.addressables 1.21.21")] public class AddressableAssetSettings : ScriptableObject { public AddressableAssetGroup DefaultGroup { get; set; } public AddressableAssetEntry CreateOrMoveEntry(string guid, AddressableAssetGroup targetParent, bool readOnly = false, bool postEvent = true) => null; public void AddLabel(string label, bool postEvent = true) { } }
}
