#nullable enable
using Showfloor.Unity;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.UI;
#if SHOWFLOOR_XRI
using Showfloor.VR;
#endif

namespace Showfloor.Project
{
    /// <summary>What shoppers choose: whether what they do is told to the shop (off until they say so), and in VR how they
    /// move.</summary>
    public sealed class ShopperSettings : MonoBehaviour
    {
        private const string ConsentPref = "showfloor.consent";

        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Whether the shop may learn from what the shopper looks at, places and tries on.")]
        private Toggle? _consent;

#if SHOWFLOOR_XRI
        [SerializeField, Tooltip("How shoppers move. Optional.")]
        private ComfortSettings? _comfort;
#endif

        [SerializeField, Tooltip("Turning in steps. Optional.")]
        private Toggle? _snapTurn;

        [SerializeField, Tooltip("Walking with the left stick. Optional.")]
        private Toggle? _walking;

        [SerializeField, Tooltip("Sitting. Optional.")]
        private Toggle? _seated;

        [SerializeField, Tooltip("A narrowed view while moving. Optional.")]
        private Toggle? _narrow;

        /// <summary>Whether the shopper agreed to be recorded. Kept on the device.</summary>
        public static bool Consent
        {
            get => PlayerPrefs.GetInt(ConsentPref, 0) != 0;
            private set
            {
                PlayerPrefs.SetInt(ConsentPref, value ? 1 : 0);
                PlayerPrefs.Save();
            }
        }

        private void Awake()
        {
            if (_client != null)
            {
                _client.RecordsEvents = Consent;
            }
        }

        private void Start()
        {
            Bind(_consent, Consent, SetConsent);
#if SHOWFLOOR_XRI
            if (_comfort != null)
            {
                ComfortSettings comfort = _comfort;
                comfort.Load();
                Bind(_snapTurn, comfort.SnapTurn, on => comfort.SnapTurn = on);
                Bind(_walking, comfort.Walking, on => comfort.Walking = on);
                Bind(_seated, comfort.Seated, on => comfort.Seated = on);
                Bind(_narrow, comfort.ViewWhileMoving < 1f, on => comfort.ViewWhileMoving = on ? 0.7f : 1f);
            }
#endif
        }

        private void SetConsent(bool agreed)
        {
            Consent = agreed;
            if (_client != null)
            {
                _client.RecordsEvents = agreed;
                if (!agreed)
                {
                    _client.Events.Forget();
                }
            }
        }

        private static void Bind(Toggle? toggle, bool now, UnityAction<bool> changed)
        {
            if (toggle != null)
            {
                toggle.SetIsOnWithoutNotify(now);
                toggle.onValueChanged.AddListener(changed);
            }
        }
    }
}
