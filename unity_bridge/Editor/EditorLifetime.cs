#nullable enable
using Showfloor.Unity.Lifetime;
using UnityEditor;

namespace Showfloor.Editor
{
    /// <summary>Closes every connection before the domain is reloaded, when play mode changes, and when the editor quits. Each
    /// waits for <see cref="Shutdown.Bound"/> at most.</summary>
    [InitializeOnLoad]
    internal static class EditorLifetime
    {
        static EditorLifetime()
        {
            AssemblyReloadEvents.beforeAssemblyReload += Close;
            EditorApplication.quitting += Close;
            EditorApplication.playModeStateChanged += OnPlayMode;
        }

        private static void OnPlayMode(PlayModeStateChange change)
        {
            if (change == PlayModeStateChange.ExitingPlayMode || change == PlayModeStateChange.ExitingEditMode)
            {
                Close();
            }
        }

        private static void Close() => Shutdown.CloseAll();
    }
}
