#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity;
using Showfloor.Unity.Models;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.Events;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.AR
{
    /// <summary>Does what the assistant asks of the AR scene, one after the other: shows, places, compares, turns and recolours
    /// the product at the packaging; try-on and the shelf go on as events.</summary>
    [AddComponentMenu("Showfloor/AR/Ar Actions")]
    public sealed class ArActions : MonoBehaviour
    {
        [SerializeField, Tooltip("The dialogue whose actions are done.")]
        private DialogueClient? _dialogue;

        [SerializeField, Tooltip("The product at the packaging.")]
        private TargetedProduct? _product;

        [SerializeField, Tooltip("Puts a product that is placed anew back into its place. Optional.")]
        private TouchPlacement? _touch;

        [SerializeField, Tooltip("The shopper wants to try a product on: its id.")]
        private UnityEvent<string> _tryOnRequested = new UnityEvent<string>();

        [SerializeField, Tooltip("The shelf shall show a product: its id.")]
        private UnityEvent<string> _shelfRequested = new UnityEvent<string>();

        [SerializeField, Tooltip("An action failed; for shoppers.")]
        private UnityEvent<string> _failed = new UnityEvent<string>();

        private readonly CancellationTokenSource _life = new CancellationTokenSource();
        private readonly ActionQueue _queue = new ActionQueue();

        /// <summary>The shopper wants to try a product on.</summary>
        public UnityEvent<string> TryOnRequested => _tryOnRequested;

        /// <summary>The shelf shall show a product.</summary>
        public UnityEvent<string> ShelfRequested => _shelfRequested;

        /// <summary>An action failed; for shoppers.</summary>
        public UnityEvent<string> Failed => _failed;

        /// <summary>Language of failures, BCP 47.</summary>
        public string Language { get; set; } = "en";

        /// <summary>Does one action after those that were asked for before. One that shows products ends the loading of
        /// others.</summary>
        /// <exception cref="ShowfloorException">A product cannot be loaded.</exception>
        /// <exception cref="OperationCanceledException">A later action shows other products.</exception>
        public Task RunAsync(SceneAction action)
        {
            bool shows = action.Kind == SceneActionKind.Show || action.Kind == SceneActionKind.Place || action.Kind == SceneActionKind.Compare;
            return _queue.RunAsync(shows, token => DoAsync(action, token), _life.Token);
        }

        private async Task DoAsync(SceneAction action, CancellationToken token)
        {
            if (_product == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition, "CLIENT_MISSING", "'" + name + "' has no product.", "Assign a TargetedProduct to the component.");
            }
            switch (action.Kind)
            {
                case SceneActionKind.Show:
                case SceneActionKind.Compare:
                    await _product.ShowAsync(action.ProductIds, token);
                    break;
                case SceneActionKind.Place:
                    await _product.ShowAsync(action.ProductIds, token);
                    _product.AnnounceAgain();
                    if (_touch != null)
                    {
                        _touch.ResetPlacement();
                    }
                    break;
                case SceneActionKind.Rotate:
                    foreach (ProductModel model in Shown())
                    {
                        model.transform.Rotate(Vector3.up, (float)action.Value, Space.Self);
                    }
                    break;
                case SceneActionKind.ChangeVariant:
                    foreach (ProductModel model in Shown())
                    {
                        await model.SetMaterialVariantAsync(action.Text, token);
                    }
                    break;
                case SceneActionKind.OpenTryOn:
                    Tell(_tryOnRequested, action);
                    break;
                case SceneActionKind.ScrollShelf:
                    Tell(_shelfRequested, action);
                    break;
            }
        }

        /// <summary>What is there now: while a colour is changed, other products may be shown.</summary>
        private List<ProductModel> Shown()
        {
            var models = new List<ProductModel>(_product!.Models);
            models.RemoveAll(model => model == null);
            return models;
        }

        private static void Tell(UnityEvent<string> listeners, SceneAction action)
        {
            if (action.ProductIds.Count > 0)
            {
                listeners.Invoke(action.ProductIds[0]);
            }
        }

        private async void Run(SceneAction action)
        {
            try
            {
                await RunAsync(action);
            }
            catch (OperationCanceledException)
            {
                // The scene was left, or a later action loads something else.
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
                _failed.Invoke(ShopperText.Failure(error, Language));
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
        }

        private void OnDestroy() => _life.Cancel();
    }
}
