#nullable enable
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.EventSystems;
#if SHOWFLOOR_INPUT_SYSTEM && ENABLE_INPUT_SYSTEM
using UnityEngine.InputSystem.EnhancedTouch;
using FingerTouch = UnityEngine.InputSystem.EnhancedTouch.Touch;
using FingerPhase = UnityEngine.InputSystem.TouchPhase;
#endif

namespace Showfloor.AR
{
    /// <summary>A finger on the screen.</summary>
    internal readonly struct Finger
    {
        public Finger(int id, Vector2 position, bool began)
        {
            Id = id;
            Position = position;
            Began = began;
        }

        /// <summary>The same while it stays down.</summary>
        public int Id { get; }

        /// <summary>Pixels, from the lower left.</summary>
        public Vector2 Position { get; }

        /// <summary>Whether it came down in this frame.</summary>
        public bool Began { get; }
    }

    /// <summary>Fingers on the screen, by the Input System where it is on, else by the old input. Those that came down on
    /// buttons and the like are left out.</summary>
    internal sealed class Fingers
    {
        private readonly HashSet<int> _onUi = new HashSet<int>();
        private readonly HashSet<int> _down = new HashSet<int>();

        /// <summary>Begins to listen.</summary>
        public static void Enable()
        {
#if SHOWFLOOR_INPUT_SYSTEM && ENABLE_INPUT_SYSTEM
            EnhancedTouchSupport.Enable();
#endif
        }

        /// <summary>Ends what <see cref="Enable"/> began.</summary>
        public static void Disable()
        {
#if SHOWFLOOR_INPUT_SYSTEM && ENABLE_INPUT_SYSTEM
            EnhancedTouchSupport.Disable();
#endif
        }

        /// <summary>The fingers of this frame.</summary>
        public void Read(List<Finger> into)
        {
            into.Clear();
            _down.Clear();
#if SHOWFLOOR_INPUT_SYSTEM && ENABLE_INPUT_SYSTEM
            foreach (FingerTouch touch in FingerTouch.activeTouches)
            {
                if (touch.phase != FingerPhase.Ended && touch.phase != FingerPhase.Canceled)
                {
                    Take(into, new Finger(touch.touchId, touch.screenPosition, touch.phase == FingerPhase.Began));
                }
            }
#else
            for (int i = 0; i < Input.touchCount; i++)
            {
                UnityEngine.Touch touch = Input.GetTouch(i);
                if (touch.phase != UnityEngine.TouchPhase.Ended && touch.phase != UnityEngine.TouchPhase.Canceled)
                {
                    Take(into, new Finger(touch.fingerId, touch.position, touch.phase == UnityEngine.TouchPhase.Began));
                }
            }
#endif
            _onUi.IntersectWith(_down);
        }

        private void Take(List<Finger> into, Finger finger)
        {
            _down.Add(finger.Id);
            EventSystem ui = EventSystem.current;
            if (finger.Began && ui != null && ui.IsPointerOverGameObject(finger.Id))
            {
                _onUi.Add(finger.Id);
            }
            if (!_onUi.Contains(finger.Id))
            {
                into.Add(finger);
            }
        }
    }
}
