#nullable enable
using System;
using System.Threading;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using Showfloor.VR;
using UnityEngine;

namespace Showfloor.Samples.VrShowroom
{
    /// <summary>Products on a row that hands and rays can take, turn with two hands and put back. Put it into a scene with an
    /// XR Origin and an XR Interaction Manager, assign a client, press play. ProductShelf fills whole shelves from the
    /// catalogue.</summary>
    public sealed class VrShowroomSample : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Products of the row, from left to right.")]
        private string[] _productIds = { "sku-42" };

        [SerializeField, Tooltip("Pulses in the hand. Optional.")]
        private ProductHaptics? _haptics;

        private readonly CancellationTokenSource _life = new CancellationTokenSource();

        private async void Start()
        {
            if (_client == null)
            {
                Debug.LogError("Assign a client to " + name + ".", this);
                return;
            }
            for (int i = 0; i < _productIds.Length; i++)
            {
                var place = new GameObject(_productIds[i] + " place").transform;
                place.SetParent(transform, false);
                place.localPosition = Vector3.right * (0.5f * i);
                place.localEulerAngles = new Vector3(0f, 180f, 0f);
                try
                {
                    ProductModel model = await _client.LoadAsync(_productIds[i], place, _life.Token);
                    GrabbableProduct product = GrabbableProduct.Make(model);
                    product.Grabbed.AddListener(id => Debug.Log(id + " was taken."));
                    if (_haptics != null && product.Interactable != null)
                    {
                        _haptics.Feel(product.Interactable);
                    }
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (ShowfloorException error)
                {
                    Debug.LogError(error.Code + ": " + error.Message + " " + error.Fix);
                }
            }
        }

        private void OnDestroy() => _life.Cancel();
    }
}
