#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.UI;

namespace Showfloor.VR
{
    /// <summary>A shelf that is filled from the catalogue: all products, what a search finds, what is recommended, or what is
    /// like one product; page by page, as many as it has places.</summary>
    [AddComponentMenu("Showfloor/VR/Product Shelf")]
    public sealed class ProductShelf : MonoBehaviour
    {
        private const int MostProducts = 100;

        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Pulses in the hand. Optional.")]
        private ProductHaptics? _haptics;

        [SerializeField, Tooltip("What the shelf shows, and what went wrong. Optional.")]
        private Text? _label;

        [SerializeField, Tooltip("Whether it is filled with the catalogue when the scene begins.")]
        private bool _fillsItself = true;

        [SerializeField, Tooltip("A product stands on the shelf: its id.")]
        private UnityEvent<string> _shown = new UnityEvent<string>();

        [SerializeField, Tooltip("A hand took a product: its id.")]
        private UnityEvent<string> _taken = new UnityEvent<string>();

        private ShelfSocket[] _places = Array.Empty<ShelfSocket>();
        private ShelfPlan? _plan;
        private CancellationTokenSource? _work;
        private string _title = "";

        /// <summary>A product stands on the shelf.</summary>
        public UnityEvent<string> Shown => _shown;

        /// <summary>A hand took a product.</summary>
        public UnityEvent<string> Taken => _taken;

        /// <summary>Which products stand where.</summary>
        public ShelfPlan Plan => _plan ??= new ShelfPlan(Math.Max(1, Places.Length));

        /// <summary>Products that the shopper took in this session, the newest last: recommendation builds on them.</summary>
        public List<string> Session { get; } = new List<string>();

        /// <summary>The shopper's pseudonym, for recommendation; empty: unknown.</summary>
        public string ShopperId { get; set; } = "";

        private ShelfSocket[] Places => _places.Length > 0 ? _places : _places = GetComponentsInChildren<ShelfSocket>();

        private ShowfloorClient Client => _client != null
            ? _client
            : throw new ShowfloorException(
                RpcStatus.FailedPrecondition, "CLIENT_MISSING", "The shelf '" + name + "' has no ShowfloorClient.", "Assign one to the component.");

        /// <summary>Shows the catalogue, in the order of its ids.</summary>
        /// <exception cref="ShowfloorException">The server cannot be reached, and others. Products that cannot be loaded are
        /// named on the label and end nothing.</exception>
        public Task ShowAllAsync(CancellationToken cancellationToken = default) => FillAsync(
            ShopperText.In(Language, "All products", "全部商品"),
            async token =>
            {
                var found = new List<Product>();
                var request = new ListProductsRequest { PageSize = MostProducts };
                do
                {
                    ListProductsResponse page = await Client.Catalog.ListProductsAsync(request, null, token);
                    found.AddRange(page.Products);
                    request.PageToken = page.NextPageToken;
                }
                while (request.PageToken.Length > 0 && CountShowable(found) < MostProducts);
                return found;
            },
            cancellationToken);

        /// <summary>Shows what a search finds.</summary>
        /// <exception cref="ShowfloorException">As <see cref="ShowAllAsync"/>.</exception>
        public Task SearchAsync(string query, CancellationToken cancellationToken = default) => FillAsync(
            "“" + query + "”",
            async token =>
            {
                SearchResponse found = await Client.Catalog.SearchAsync(
                    new SearchRequest { Query = query, Language = Language, PageSize = MostProducts }, null, token);
                return Products(found.Hits);
            },
            cancellationToken);

        /// <summary>Shows what suits the shopper.</summary>
        /// <exception cref="ShowfloorException">As <see cref="ShowAllAsync"/>.</exception>
        public Task RecommendAsync(CancellationToken cancellationToken = default) => FillAsync(
            ShopperText.In(Language, "For you", "为您推荐"),
            async token =>
            {
                var request = new RecommendRequest { ShopperId = ShopperId, Count = Math.Min(MostProducts, Plan.Places * 4), Language = Language };
                request.SessionProductIds.AddRange(Session);
                return Products((await Client.Catalog.RecommendAsync(request, null, token)).Hits);
            },
            cancellationToken);

        /// <summary>Shows products like one.</summary>
        /// <exception cref="ShowfloorException">As <see cref="ShowAllAsync"/>.</exception>
        public Task ShowSimilarAsync(string productId, CancellationToken cancellationToken = default) => FillAsync(
            ShopperText.In(Language, "Like this one", "相似商品"),
            async token => Products((await Client.Catalog.SimilarProductsAsync(
                new SimilarProductsRequest { ProductId = productId, Count = Plan.Places * 2, Language = Language }, null, token)).Hits),
            cancellationToken);

        /// <summary>Goes to these products; those that the shelf does not have are put in front.</summary>
        public Task ScrollToAsync(IReadOnlyList<string> productIds, CancellationToken cancellationToken = default)
        {
            Plan.ScrollTo(productIds);
            return PlaceAsync(cancellationToken);
        }

        /// <summary>For buttons: the next page.</summary>
        public void Next() => Run(() => TurnAsync(1));

        /// <summary>For buttons: the page before.</summary>
        public void Previous() => Run(() => TurnAsync(-1));

        /// <summary>For buttons: the catalogue.</summary>
        public void ShowAll() => Run(() => ShowAllAsync());

        /// <summary>For buttons: what suits the shopper.</summary>
        public void Recommend() => Run(() => RecommendAsync());

        /// <summary>For buttons: products like the one that was taken last.</summary>
        public void ShowSimilar()
        {
            if (Session.Count == 0)
            {
                Label(ShopperText.In(Language, "Take a product first.", "请先拿起一件商品。"));
                return;
            }
            Run(() => ShowSimilarAsync(Session[Session.Count - 1]));
        }

        /// <summary>For input fields and speech: searches; nothing typed shows the catalogue.</summary>
        public void Search(string query) => Run(() => query.Trim().Length == 0 ? ShowAllAsync() : SearchAsync(query.Trim()));

        private string Language => _client != null ? _client.Language : "en";

        private Task TurnAsync(int pages)
        {
            Plan.Turn(pages);
            return PlaceAsync(default);
        }

        private async Task FillAsync(string title, Func<CancellationToken, Task<List<Product>>> find, CancellationToken cancellationToken)
        {
            CancellationToken token = Begin(cancellationToken);
            Label(title + " …");
            List<Product> found = await find(token);
            token.ThrowIfCancellationRequested();
            var ids = new List<string>();
            foreach (Product product in found)
            {
                if (product.AssetId.Length > 0)
                {
                    ids.Add(product.Id);
                }
            }
            _title = title;
            Plan.Set(ids);
            await PlaceAsync(cancellationToken);
        }

        private async Task PlaceAsync(CancellationToken cancellationToken)
        {
            CancellationToken token = Begin(cancellationToken);
            IReadOnlyList<string> wanted = Plan.Slots();
            for (int i = 0; i < Places.Length; i++)
            {
                if (Places[i].ProductId != wanted[i])
                {
                    Places[i].Clear();
                }
            }
            string heading = _title + (Plan.Pages > 1 ? "   " + (Plan.Page + 1) + " / " + Plan.Pages : "");
            Label(Plan.Products.Count > 0 ? heading : _title + "\n" + ShopperText.In(Language, "Nothing with a 3D model was found.", "没有找到带三维模型的商品。"));
            for (int i = 0; i < Places.Length; i++)
            {
                if (wanted[i].Length == 0 || (Places[i].ProductId == wanted[i] && Places[i].Model != null))
                {
                    continue;
                }
                try
                {
                    Places[i].ProductId = wanted[i];
                    await OneAsync(Places[i], token);
                }
                catch (ShowfloorException error)
                {
                    Debug.LogWarning("Showfloor: " + wanted[i] + ": " + error.Code + ": " + error.Message + " " + error.Fix, this);
                    Label(heading + "\n" + ShopperText.Failure(error, Language));
                }
            }
        }

        private async Task OneAsync(ShelfSocket place, CancellationToken cancellationToken)
        {
            GrabbableProduct product = await place.FillAsync(Client, cancellationToken);
            product.Grabbed.AddListener(OnTaken);
            if (_haptics != null && product.Interactable != null)
            {
                _haptics.Feel(product.Interactable);
            }
            _shown.Invoke(place.ProductId);
        }

        private void OnTaken(string productId)
        {
            Session.Remove(productId);
            Session.Add(productId);
            _taken.Invoke(productId);
        }

        private CancellationToken Begin(CancellationToken cancellationToken)
        {
            _work?.Cancel();
            _work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            return _work.Token;
        }

        private async void Run(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException)
            {
                // Something else was asked for, or the scene was left.
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
                Label(ShopperText.Failure(error, Language));
            }
        }

        private void Label(string text)
        {
            if (_label != null)
            {
                _label.text = text;
            }
        }

        private static int CountShowable(List<Product> products)
        {
            int count = 0;
            foreach (Product product in products)
            {
                count += product.AssetId.Length > 0 ? 1 : 0;
            }
            return count;
        }

        private static List<Product> Products(IEnumerable<SearchHit> hits)
        {
            var products = new List<Product>();
            foreach (SearchHit hit in hits)
            {
                if (hit.Product != null)
                {
                    products.Add(hit.Product);
                }
            }
            return products;
        }

        private void Start()
        {
            if (_fillsItself)
            {
                ShowAll();
            }
        }

        private void OnDestroy() => _work?.Cancel();
    }
}
