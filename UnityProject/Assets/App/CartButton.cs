#nullable enable
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using Showfloor.V1;
using UnityEngine;
using UnityEngine.Events;

namespace Showfloor.Project
{
    /// <summary>Puts the product of a panel into the cart of your shop: this records the event, your shop does the rest.</summary>
    public sealed class CartButton : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("The panel whose product is meant.")]
        private ProductPanel? _panel;

        [SerializeField, Tooltip("The shopper wants to buy a product: its id. Connect your shop here.")]
        private UnityEvent<string> _added = new UnityEvent<string>();

        /// <summary>The shopper wants to buy a product.</summary>
        public UnityEvent<string> Added => _added;

        /// <summary>For the button.</summary>
        public void Add()
        {
            if (_panel != null && _panel.Product != null && _client != null)
            {
                _client.Record(EventKind.Cart, _panel.Product.Id);
                _added.Invoke(_panel.Product.Id);
            }
        }
    }
}
