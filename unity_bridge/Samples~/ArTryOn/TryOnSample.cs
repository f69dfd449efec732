#nullable enable
using System;
using System.Threading;
using Showfloor.Unity;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;

namespace Showfloor.Samples.ArTryOn
{
    /// <summary>Make-up on a photo, and what a shopper reads where the server cannot do it yet. Needs no Vuforia scene: a client
    /// and a photo are enough. TryOnPanel does all of this with the camera.</summary>
    public sealed class TryOnSample : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Photo of a face, with Read/Write enabled.")]
        private Texture2D? _photo;

        [SerializeField, Tooltip("A make-up product of the catalogue.")]
        private string _productId = "lipstick-7";

        [SerializeField, Tooltip("Gets the result as its picture.")]
        private Renderer? _shownOn;

        private readonly CancellationTokenSource _life = new CancellationTokenSource();

        private async void Start()
        {
            if (_client == null || _photo == null)
            {
                Debug.LogError("Assign a client and a photo to " + name + ".", this);
                return;
            }
            try
            {
                Product product = await _client.Catalog.GetProductAsync(
                    new GetProductRequest { ProductId = _productId }, null, _life.Token);
                var request = new MakeupRequest
                {
                    Image = new Showfloor.V1.Image { Data = _photo.EncodeToJPG(85), MediaType = "image/jpeg" },
                };
                request.Layers.Add(TryOnChoice.For(product).Layer());
                MakeupResponse made = await _client.TryOn.MakeupAsync(request, null, _life.Token);
                var picture = new Texture2D(2, 2);
                if (made.Image != null && picture.LoadImage(made.Image.Data.ToArray()) && _shownOn != null)
                {
                    _shownOn.material.SetTexture("_BaseMap", picture);
                }
            }
            catch (OperationCanceledException)
            {
                // The scene was left.
            }
            catch (ShowfloorException error)
            {
                Debug.Log(ShopperText.Failure(error, _client.Settings.Language));
                Debug.LogWarning(error.Code + ": " + error.Message + " " + error.Fix);
            }
        }

        private void OnDestroy() => _life.Cancel();
    }
}
