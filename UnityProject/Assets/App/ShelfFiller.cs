#if SHOWFLOOR_XRI
#nullable enable
using System;
using System.Collections.Generic;
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using Showfloor.V1;
using Showfloor.VR;
using UnityEngine;

namespace Showfloor.Project
{
    /// <summary>Fills the shelves of the showroom with the first products of the catalogue.</summary>
    public sealed class ShelfFiller : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Shows what was taken.")]
        private ProductPanel? _panel;

        [SerializeField, Tooltip("The assistant knows what was taken.")]
        private DialogueClient? _dialogue;

        [SerializeField, Tooltip("A pulse in the hand.")]
        private ProductHaptics? _haptics;

        /// <summary>What it works with.</summary>
        public void Use(ShowfloorClient client, ProductPanel panel, DialogueClient dialogue, ProductHaptics haptics)
        {
            _client = client;
            _panel = panel;
            _dialogue = dialogue;
            _haptics = haptics;
        }

        private async void Start()
        {
            ShelfSocket[] places = GetComponentsInChildren<ShelfSocket>();
            try
            {
                ListProductsResponse page = await _client!.Catalog.ListProductsAsync(
                    new ListProductsRequest { PageSize = Mathf.Max(1, places.Length) });
                var withAsset = new List<Product>();
                foreach (Product product in page.Products)
                {
                    if (product.AssetId.Length > 0)
                    {
                        withAsset.Add(product);
                    }
                }
                for (int i = 0; i < places.Length && i < withAsset.Count && this != null; i++)
                {
                    places[i].ProductId = withAsset[i].Id;
                    GrabbableProduct product = await places[i].FillAsync(_client);
                    product.Grabbed.AddListener(OnGrabbed);
                    if (_haptics != null && product.Interactable != null)
                    {
                        _haptics.Feel(product.Interactable);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The scene was left.
            }
            catch (ShowfloorException error)
            {
                Debug.LogError("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
            }
        }

        private async void OnGrabbed(string productId)
        {
            _dialogue!.ProductId = productId;
            try
            {
                await _panel!.ShowAsync(productId);
            }
            catch (OperationCanceledException)
            {
                // Another product was taken.
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
            }
        }
    }
}
#endif
