#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;
using UnityEngine.Events;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.Unity
{
    /// <summary>Does what the assistant asks of the scene: shows, turns, compares and recolours products. What only an app
    /// can do (placing in a room, try-on, scrolling its shelf) goes on as an event.</summary>
    [AddComponentMenu("Showfloor/Scene Director")]
    public sealed class SceneDirector : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection that products are loaded with.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("The dialogue whose actions are done. Optional.")]
        private DialogueClient? _dialogue;

        [SerializeField, Tooltip("Where products are shown. Empty: this object.")]
        private Transform? _stage;

        [SerializeField, Min(0f), Tooltip("Free space between compared products, metres.")]
        private float _gap = 0.1f;

        [SerializeField, Tooltip("The shopper wants a product in the room: its id.")]
        private UnityEvent<string> _placeRequested = new UnityEvent<string>();

        [SerializeField, Tooltip("The shopper wants to try a product on: its id.")]
        private UnityEvent<string> _tryOnRequested = new UnityEvent<string>();

        [SerializeField, Tooltip("The shelf shall show a product: its id.")]
        private UnityEvent<string> _shelfRequested = new UnityEvent<string>();

        private readonly Dictionary<string, ProductModel> _shown = new Dictionary<string, ProductModel>();
        private CancellationTokenSource? _work;
        private readonly ActionQueue _queue = new ActionQueue();
        private readonly CancellationTokenSource _life = new CancellationTokenSource();

        /// <summary>Products that are on the stage, by id.</summary>
        public IReadOnlyDictionary<string, ProductModel> Shown => _shown;

        /// <summary>The shopper wants a product in the room.</summary>
        public UnityEvent<string> PlaceRequested => _placeRequested;

        /// <summary>The shopper wants to try a product on.</summary>
        public UnityEvent<string> TryOnRequested => _tryOnRequested;

        /// <summary>The shelf shall show a product.</summary>
        public UnityEvent<string> ShelfRequested => _shelfRequested;

        private Transform Stage => _stage != null ? _stage : transform;

        /// <summary>Does one action after those that were asked for before. One that shows products ends the loading of
        /// others.</summary>
        /// <exception cref="ShowfloorException">A product cannot be loaded.</exception>
        /// <exception cref="OperationCanceledException">A later action shows other products.</exception>
        public Task RunAsync(SceneAction action, CancellationToken cancellationToken = default)
        {
            bool shows = action.Kind == SceneActionKind.Show || action.Kind == SceneActionKind.Compare;
            return _queue.RunAsync(shows, token => DoAsync(action, token), cancellationToken);
        }

        private async Task DoAsync(SceneAction action, CancellationToken cancellationToken)
        {
            switch (action.Kind)
            {
                case SceneActionKind.Show:
                case SceneActionKind.Compare:
                    await ShowAsync(action.ProductIds, cancellationToken);
                    break;
                case SceneActionKind.Rotate:
                    foreach (ProductModel model in Meant(action))
                    {
                        model.transform.Rotate(Vector3.up, (float)action.Value, Space.World);
                    }
                    break;
                case SceneActionKind.ChangeVariant:
                    foreach (ProductModel model in Meant(action))
                    {
                        await model.SetMaterialVariantAsync(action.Text, cancellationToken);
                    }
                    break;
                case SceneActionKind.Place:
                    Tell(_placeRequested, action);
                    break;
                case SceneActionKind.OpenTryOn:
                    Tell(_tryOnRequested, action);
                    break;
                case SceneActionKind.ScrollShelf:
                    Tell(_shelfRequested, action);
                    break;
            }
        }

        /// <summary>Shows these products side by side, and removes all others.</summary>
        /// <exception cref="ShowfloorException">A product cannot be loaded.</exception>
        public async Task ShowAsync(IReadOnlyList<string> productIds, CancellationToken cancellationToken = default)
        {
            _work?.Cancel();
            var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _work = work;
            var wanted = new HashSet<string>(productIds);
            foreach (string id in new List<string>(_shown.Keys))
            {
                if (!wanted.Contains(id) || _shown[id] == null)
                {
                    if (_shown[id] != null)
                    {
                        Destroy(_shown[id].gameObject);
                    }
                    _shown.Remove(id);
                }
            }
            if (_client == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "CLIENT_MISSING",
                    "The director '" + name + "' has no ShowfloorClient.",
                    "Assign one to the component.");
            }
            try
            {
                foreach (string id in productIds)
                {
                    if (!_shown.ContainsKey(id))
                    {
                        ProductModel model = await _client.LoadAsync(id, Stage, work.Token);
                        if (work.IsCancellationRequested || _shown.ContainsKey(id))
                        {
                            Destroy(model.gameObject); // a later action took over in the same frame
                            work.Token.ThrowIfCancellationRequested();
                        }
                        else
                        {
                            _shown[id] = model;
                        }
                    }
                }
            }
            finally
            {
                Line(productIds);
                if (ReferenceEquals(_work, work))
                {
                    _work = null;
                }
                work.Dispose();
            }
        }

        private void OnEnable()
        {
            if (_dialogue != null)
            {
                _dialogue.ActionReceived += Run;
            }
        }

        private void OnDisable()
        {
            if (_dialogue != null)
            {
                _dialogue.ActionReceived -= Run;
            }
            _work?.Cancel();
        }

        private void OnDestroy() => _life.Cancel();

        private async void Run(SceneAction action)
        {
            try
            {
                await RunAsync(action, _life.Token);
            }
            catch (OperationCanceledException)
            {
                // A later action took over, or the scene was left.
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
            }
        }

        /// <summary>What is there now: while a colour is changed, other products may be shown.</summary>
        private List<ProductModel> Meant(SceneAction action)
        {
            var models = new List<ProductModel>();
            foreach (KeyValuePair<string, ProductModel> shown in _shown)
            {
                if (shown.Value != null && (action.ProductIds.Count == 0 || action.ProductIds.Contains(shown.Key)))
                {
                    models.Add(shown.Value);
                }
            }
            return models;
        }

        private static void Tell(UnityEvent<string> listeners, SceneAction action)
        {
            foreach (string id in action.ProductIds)
            {
                listeners.Invoke(id);
            }
        }

        /// <summary>Side by side along X, the middle on the stage.</summary>
        private void Line(IReadOnlyList<string> productIds)
        {
            var models = new List<ProductModel>();
            float width = -_gap;
            foreach (string id in productIds)
            {
                if (_shown.TryGetValue(id, out ProductModel model) && model != null && !models.Contains(model))
                {
                    models.Add(model);
                    width += model.LocalBounds.size.x + _gap;
                }
            }
            float left = -width / 2;
            foreach (ProductModel model in models)
            {
                Bounds bounds = model.LocalBounds;
                model.transform.localPosition = new Vector3(left - bounds.min.x, 0f, 0f);
                left += bounds.size.x + _gap;
            }
        }
    }
}
