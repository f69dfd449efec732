#nullable enable
using System;
using System.Threading;
using Showfloor.AR;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using UnityEngine;

namespace Showfloor.Samples.ArTryOn
{
    /// <summary>A product beside its packaging in one script: put it into a scene whose camera has VuforiaBehaviour, assign a
    /// client and a picture, press play.</summary>
    public sealed class ArTryOnSample : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Picture of the printed side of the packaging, with Read/Write enabled.")]
        private Texture2D? _packaging;

        [SerializeField, Tooltip("True width of the printed side, metres.")]
        private float _widthMetres = 0.07f;

        [SerializeField, Tooltip("Product that is shown.")]
        private string _productId = "sku-42";

        private readonly CancellationTokenSource _life = new CancellationTokenSource();

        private async void Start()
        {
            if (_client == null || _packaging == null)
            {
                Debug.LogError("Assign a client and a picture of the packaging to " + name + ".", this);
                return;
            }
            PackagingTarget target = new GameObject("Packaging").AddComponent<PackagingTarget>();
            target.WidthMetres = _widthMetres;
            target.Hinted.AddListener(hint => Debug.Log(hint.Length > 0 ? hint : "Tracking is good."));
            TargetedProduct product = new GameObject("Product").AddComponent<TargetedProduct>();
            product.Use(_client, target);
            product.ProductId = _productId;
            product.Placed.AddListener(id => Debug.Log(id + " stands beside its packaging."));
            try
            {
                await target.MakeAsync(_packaging, _life.Token);
                ProductModel model = await product.ShowAsync(_life.Token, new Progress<LoadProgress>(now => Debug.Log(now.Message)));
                await model.Completed;
            }
            catch (OperationCanceledException)
            {
                // The scene was left.
            }
            catch (ShowfloorException error)
            {
                Debug.LogError(error.Code + ": " + error.Message + " " + error.Fix);
            }
        }

        private void OnDestroy() => _life.Cancel();
    }
}
