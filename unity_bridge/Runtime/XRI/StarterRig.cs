#nullable enable
using System;
using System.Reflection;
using UnityEngine;

namespace Showfloor.VR
{
    /// <summary>The rig of the toolkit's Starter Assets has a script on each controller that switches input actions on and
    /// off: without telling it, smooth turns and walking never get input. It is a sample, which no package can refer to, so it
    /// is found by its name; link.xml of an app must keep its properties.</summary>
    internal static class StarterRig
    {
        private static readonly string[] Scripts = { "ControllerInputActionManager", "ActionBasedControllerManager" };

        /// <summary>Sets what sticks do: the left one walks where allowed, all else teleports and turns.</summary>
        /// <returns>How many controllers were set.</returns>
        public static int Choose(Transform rig, bool smoothTurn, bool walking)
        {
            int set = 0;
            foreach (MonoBehaviour script in rig.GetComponentsInChildren<MonoBehaviour>(true))
            {
                if (script != null && Array.IndexOf(Scripts, script.GetType().Name) >= 0)
                {
                    bool left = script.name.IndexOf("left", StringComparison.OrdinalIgnoreCase) >= 0;
                    Set(script, "smoothTurnEnabled", smoothTurn);
                    Set(script, "smoothMotionEnabled", walking && left);
                    set++;
                }
            }
            return set;
        }

        private static void Set(MonoBehaviour script, string property, bool value)
        {
            PropertyInfo? found = script.GetType().GetProperty(property);
            if (found != null && found.CanWrite)
            {
                found.SetValue(script, value);
            }
            else
            {
                Debug.LogWarning("Showfloor: " + script.GetType().Name + " has no property " + property + ": keep it in link.xml.", script);
            }
        }
    }
}
