#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.UI;
#if SHOWFLOOR_VUFORIA
using Showfloor.AR;
using Vuforia;
#endif

namespace Showfloor.Project
{
    /// <summary>The AR scene: products of the catalogue, one after the other, beside their packaging; tells the shopper what
    /// to do, and opens card and try-on.</summary>
    public sealed class TryOnApp : MonoBehaviour
    {
        private const int PageSize = 50;

        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("What the shopper reads.")]
        private Text? _hint;

        [SerializeField, Tooltip("Name of the product.")]
        private Text? _title;

        [SerializeField, Tooltip("Facts of the product.")]
        private ProductPanel? _card;

        [SerializeField, Tooltip("Try-on.")]
        private TryOnPanel? _tryOn;

        [SerializeField, Tooltip("The assistant knows what is looked at.")]
        private DialogueClient? _dialogue;

#if SHOWFLOOR_VUFORIA
        [SerializeField, Tooltip("The packaging.")]
        private PackagingTarget? _target;

        [SerializeField, Tooltip("The product.")]
        private TargetedProduct? _product;

        [SerializeField, Tooltip("What the assistant asks of the scene.")]
        private ArActions? _actions;
#endif

        private readonly List<Product> _products = new List<Product>();
        private readonly CancellationTokenSource _life = new CancellationTokenSource();
        private int _at;

        private string Language => _client != null ? _client.Language : "en";

        private string CurrentId => _products.Count > 0 ? _products[_at].Id : "";

        /// <summary>For a button: the next product.</summary>
        public void Next() => Go(1);

        /// <summary>For a button: the product before.</summary>
        public void Previous() => Go(-1);

        /// <summary>For a button: facts of the product.</summary>
        public void OpenCard()
        {
            if (_card != null && _products.Count > 0)
            {
                _card.Show(_products[_at], Language);
            }
        }

        /// <summary>For a button: try-on of the product.</summary>
        public void OpenTryOn() => OpenTryOn(CurrentId);

        private async void Start()
        {
            Screen.sleepTimeout = SleepTimeout.NeverSleep;
            if (_card != null)
            {
                _card.Hide();
            }
            if (_tryOn != null)
            {
                _tryOn.CameraNeeded.AddListener(LendCamera);
                _tryOn.Close();
            }
#if SHOWFLOOR_VUFORIA
            if (_target != null)
            {
                _target.Language = Language;
                _target.Hinted.AddListener(Say);
                if (!_target.HasPicture)
                {
                    Debug.LogError("Showfloor: assign a picture of the packaging, and its width, to '" + _target.name + "'.", _target);
                }
            }
            if (_product != null)
            {
                _product.Shown.AddListener(Follow);
            }
            if (_actions != null)
            {
                _actions.Language = Language;
                _actions.TryOnRequested.AddListener(OpenTryOn);
                _actions.ShelfRequested.AddListener(GoTo);
                _actions.Failed.AddListener(Say);
            }
#else
            Say("Vuforia Engine is not installed: Showfloor > Project > Add Vuforia…, then Showfloor > Project > Build Scenes and Settings.");
#endif
            await Guarded(async () =>
            {
                ListProductsResponse page = await _client!.Catalog.ListProductsAsync(
                    new ListProductsRequest { PageSize = PageSize }, null, _life.Token);
                foreach (Product product in page.Products)
                {
                    if (product.AssetId.Length > 0)
                    {
                        _products.Add(product);
                    }
                }
                if (_products.Count == 0)
                {
                    Say(ShopperText.In(Language, "The shop has no products with a 3D model yet.", "商店里还没有带三维模型的商品。"));
                    return;
                }
#if SHOWFLOOR_VUFORIA
                string chosen = _product != null ? _product.ProductId : "";
                if (chosen.Length > 0)
                {
                    await FindAsync(chosen);
                }
#endif
                await ShowAsync();
            });
        }

        private void Go(int steps)
        {
            if (_products.Count > 0)
            {
                _at = (((_at + steps) % _products.Count) + _products.Count) % _products.Count;
                _ = Guarded(ShowAsync);
            }
        }

        private void GoTo(string productId) => _ = Guarded(async () =>
        {
            await FindAsync(productId);
            await ShowAsync();
        });

        /// <summary>The assistant has shown another product: title, facts and try-on go with it.</summary>
        private void Follow(string productId)
        {
            if (productId != CurrentId)
            {
                _ = Guarded(async () =>
                {
                    await FindAsync(productId);
                    Name(_products[_at]);
                });
            }
        }

        /// <summary>Goes to a product, which is fetched where it is not among those that are there.</summary>
        private async Task FindAsync(string productId)
        {
            if (!_products.Exists(product => product.Id == productId))
            {
                Product found = await _client!.Catalog.GetProductAsync(new GetProductRequest { ProductId = productId }, null, _life.Token);
                _products.Insert(0, found);
            }
            _at = _products.FindIndex(product => product.Id == productId);
        }

        private void Name(Product product)
        {
            if (_title != null)
            {
                _title.text = ProductText.Title(product, Language);
            }
            if (_dialogue != null)
            {
                _dialogue.ProductId = product.Id;
            }
        }

        private async Task ShowAsync()
        {
            Product product = _products[_at];
            Name(product);
#if SHOWFLOOR_VUFORIA
            if (_product != null)
            {
                _product.ProductId = product.Id;
                string loading = ShopperText.In(Language, "Loading …", "加载中……");
                await _product.ShowAsync(_life.Token, new Progress<LoadProgress>(
                    now => Say(now.Level < 0 ? loading : _target != null && !_target.IsUsable ? _target.LastHint : "")));
            }
#else
            await Task.CompletedTask;
#endif
        }

        private void OpenTryOn(string productId)
        {
            if (_tryOn != null && productId.Length > 0)
            {
                _tryOn.Open(productId);
            }
        }

        /// <summary>Vuforia holds the camera: it stops while try-on needs it.</summary>
        private static void LendCamera(bool needed)
        {
#if SHOWFLOOR_VUFORIA
            if (VuforiaBehaviour.Instance != null)
            {
                VuforiaBehaviour.Instance.enabled = !needed;
            }
#endif
        }

        private async Task Guarded(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException)
            {
                // The scene was left, or another product was asked for.
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
                Say(ShopperText.Failure(error, Language));
            }
        }

        private void Say(string text)
        {
            if (_hint != null)
            {
                _hint.text = text;
            }
        }

        private void OnDestroy() => _life.Cancel();
    }
}
