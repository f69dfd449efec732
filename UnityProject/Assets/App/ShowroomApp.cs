#if SHOWFLOOR_XRI
#nullable enable
using System;
using System.Threading;
using Showfloor.Unity;
using Showfloor.Unity.Ui;
using Showfloor.V1;
using Showfloor.VR;
using Showfloor.Xr;
using UnityEngine;

namespace Showfloor.Project
{
    /// <summary>The VR scene: whoever takes a product sees its facts, and the assistant knows what it is.</summary>
    public sealed class ShowroomApp : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("The shelf.")]
        private ProductShelf? _shelf;

        [SerializeField, Tooltip("Shows what was taken.")]
        private ProductPanel? _panel;

        [SerializeField, Tooltip("The assistant knows what was taken.")]
        private DialogueClient? _dialogue;

        [SerializeField, Tooltip("Name of the room in the server's insights.")]
        private string _scene = "vr-showroom/hall-1";

        private readonly CancellationTokenSource _life = new CancellationTokenSource();

        private void Start()
        {
            if (_panel != null)
            {
                _panel.Hide();
            }
            if (_client != null)
            {
                _client.Record(EventKind.VrVisit, "", _scene);
            }
            if (_shelf != null)
            {
                _shelf.ShopperId = _client != null ? _client.ShopperId : "";
                _shelf.Taken.AddListener(OnTaken);
            }
        }

        private async void OnTaken(string productId)
        {
            if (_dialogue != null)
            {
                _dialogue.ProductId = productId;
            }
            if (_panel == null)
            {
                return;
            }
            try
            {
                await _panel.ShowAsync(productId, _life.Token);
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

        private void OnDestroy() => _life.Cancel();
    }
}
#endif
