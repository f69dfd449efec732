#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.V1;
using UnityEngine;
using UnityEngine.UI;

namespace Showfloor.Unity.Ui
{
    /// <summary>A card with title, price, size, stock and description of a product; turns to the viewer where it stands in
    /// the world.</summary>
    [AddComponentMenu("Showfloor/Product Panel")]
    public sealed class ProductPanel : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Title of the product.")]
        private Text? _title;

        [SerializeField, Tooltip("Price and stock.")]
        private Text? _price;

        [SerializeField, Tooltip("Size and further facts.")]
        private Text? _facts;

        [SerializeField, Tooltip("Description.")]
        private Text? _description;

        [SerializeField, Tooltip("Whether the panel turns to the camera.")]
        private bool _facesViewer = true;

        private CancellationTokenSource? _work;

        /// <summary>The product that is shown; null: none.</summary>
        public Product? Product { get; private set; }

        /// <summary>Fetches a product and shows it.</summary>
        /// <exception cref="ShowfloorException">There is no such product, or no connection.</exception>
        public async Task ShowAsync(string productId, CancellationToken cancellationToken = default)
        {
            _work?.Cancel();
            var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _work = work;
            if (_client == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition, "CLIENT_MISSING", "The panel '" + name + "' has no ShowfloorClient.", "Assign one to the component.");
            }
            Product product = await _client.Catalog.GetProductAsync(
                new GetProductRequest { ProductId = productId }, null, work.Token);
            work.Token.ThrowIfCancellationRequested();
            Show(product, _client.Settings.Language);
        }

        /// <summary>Shows a product that is already there, such as a card of the assistant.</summary>
        public void Show(Product product, string language)
        {
            Product = product;
            gameObject.SetActive(true);
            if (_client != null)
            {
                _client.Record(EventKind.CardOpened, product.Id);
            }
            Set(_title, ProductText.Title(product, language));
            string price = ProductText.Price(product.Price);
            string stock = product.Stock is int pieces ? (pieces > 0 ? "✓ " + pieces : "✗ 0") : "";
            Set(_price, price.Length > 0 && stock.Length > 0 ? price + "   " + stock : price + stock);
            string facts = ProductText.Size(product.Size);
            foreach (string name in product.Attributes.Keys)
            {
                facts += (facts.Length > 0 ? "\n" : "") + name + ": " + product.Attributes[name];
            }
            Set(_facts, facts);
            Set(_description, ProductText.Description(product, language));
        }

        /// <summary>Hides the panel.</summary>
        public void Hide()
        {
            _work?.Cancel();
            Product = null;
            gameObject.SetActive(false);
        }

        private static void Set(Text? field, string text)
        {
            if (field != null)
            {
                field.text = text;
            }
        }

        private void LateUpdate()
        {
            Camera viewer = Camera.main;
            if (_facesViewer && viewer != null)
            {
                UnityEngine.Vector3 away = transform.position - viewer.transform.position;
                away.y = 0f;
                if (away.sqrMagnitude > 1e-4f)
                {
                    transform.rotation = UnityEngine.Quaternion.LookRotation(away, UnityEngine.Vector3.up);
                }
            }
        }

        private void OnDestroy() => _work?.Cancel();
    }
}
