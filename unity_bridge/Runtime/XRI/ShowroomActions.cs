#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.UI;
using Quaternion = UnityEngine.Quaternion;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.VR
{
    /// <summary>Does in a showroom what <see cref="SceneDirector"/> leaves to the app: puts a product before the shopper,
    /// scrolls the shelf, and says that try-on needs a phone.</summary>
    [AddComponentMenu("Showfloor/VR/Showroom Actions")]
    public sealed class ShowroomActions : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Shows, turns, compares and recolours; the rest comes here.")]
        private SceneDirector? _director;

        [SerializeField, Tooltip("The dialogue: its action to scroll the shelf names several products.")]
        private DialogueClient? _dialogue;

        [SerializeField, Tooltip("The shelf.")]
        private ProductShelf? _shelf;

        [SerializeField, Tooltip("What the shopper reads. Optional.")]
        private Text? _hint;

        [SerializeField, Range(0.5f, 3f), Tooltip("How far before the shopper a product is put, metres.")]
        private float _distance = 1.2f;

        [SerializeField, Tooltip("A product stands in the room: its id.")]
        private UnityEvent<string> _placed = new UnityEvent<string>();

        private const float Apart = 0.6f;
        private readonly List<Transform> _spots = new List<Transform>();
        private readonly CancellationTokenSource _life = new CancellationTokenSource();

        /// <summary>A product stands in the room.</summary>
        public UnityEvent<string> Placed => _placed;

        /// <summary>Puts a product on the floor before the shopper, its front to them, beside what was put there before.</summary>
        public async void Place(string productId)
        {
            Camera viewer = Camera.main;
            if (_client == null || viewer == null)
            {
                Debug.LogError("Showfloor: '" + name + "' lacks a client, or the scene a main camera.", this);
                return;
            }
            Vector3 ahead = viewer.transform.forward;
            ahead.y = 0f;
            ahead = ahead.sqrMagnitude > 1e-4f ? ahead.normalized : Vector3.forward;
            var spot = new GameObject(productId + " in the room");
            Vector3 at = viewer.transform.position + (ahead * _distance);
            spot.transform.position = Free(new Vector3(at.x, transform.position.y, at.z), Vector3.Cross(Vector3.up, ahead));
            _spots.Add(spot.transform);
            spot.transform.rotation = Quaternion.LookRotation(-ahead, Vector3.up);
            try
            {
                ProductModel model = await _client.LoadAsync(productId, spot.transform, _life.Token);
                GrabbableProduct.Make(model).Grabbed.AddListener(_ => _spots.Remove(spot.transform));
                _placed.Invoke(productId);
            }
            catch (OperationCanceledException)
            {
                Destroy(spot);
            }
            catch (ShowfloorException error)
            {
                Destroy(spot);
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
                Say(ShopperText.Failure(error, _client.Language));
            }
        }

        private Vector3 Free(Vector3 at, Vector3 right)
        {
            _spots.RemoveAll(spot => spot == null);
            while (_spots.Exists(spot => (spot.position - at).magnitude < Apart * 0.9f))
            {
                at += right * Apart;
            }
            return at;
        }

        private void TryOn(string productId) => Say(ShopperText.In(
            _client != null ? _client.Language : "en",
            "Try-on needs the camera of your phone. Open this product in the AR app.",
            "试穿试戴需要手机摄像头。请在手机 AR 应用中打开这件商品。"));

        private void OnAction(SceneAction action)
        {
            if (action.Kind == SceneActionKind.ScrollShelf && _shelf != null)
            {
                Scroll(action);
            }
        }

        private async void Scroll(SceneAction action)
        {
            try
            {
                await _shelf!.ScrollToAsync(action.ProductIds, _life.Token);
            }
            catch (OperationCanceledException)
            {
                // Another page was asked for.
            }
        }

        private void OnEnable()
        {
            if (_director != null)
            {
                _director.PlaceRequested.AddListener(Place);
                _director.TryOnRequested.AddListener(TryOn);
            }
            if (_dialogue != null)
            {
                _dialogue.ActionReceived += OnAction;
            }
        }

        private void OnDisable()
        {
            if (_director != null)
            {
                _director.PlaceRequested.RemoveListener(Place);
                _director.TryOnRequested.RemoveListener(TryOn);
            }
            if (_dialogue != null)
            {
                _dialogue.ActionReceived -= OnAction;
            }
        }

        private void OnDestroy() => _life.Cancel();

        private void Say(string text)
        {
            if (_hint != null)
            {
                _hint.text = text;
            }
        }
    }
}
