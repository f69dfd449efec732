#nullable enable
using System;
using System.Threading;
using Showfloor.Dialogue;
using Showfloor.Unity;
using UnityEngine;

namespace Showfloor.Samples.Dialogue
{
    /// <summary>Asks the assistant one question and logs what comes: tokens as they are written, product cards, actions for
    /// the scene, and the facts that the reply rests on.</summary>
    public sealed class DialogueSample : MonoBehaviour
    {
        [SerializeField, Tooltip("The conversation.")]
        private DialogueClient? _dialogue;

        [SerializeField, Tooltip("What is asked.")]
        private string _question = "Which tea tin fits on a shelf of 15 cm?";

        private readonly CancellationTokenSource _life = new CancellationTokenSource();

        private async void Start()
        {
            if (_dialogue == null)
            {
                Debug.LogError("Assign a DialogueClient to " + name + ".", this);
                return;
            }
            _dialogue.TokenReceived += token => Debug.Log("token: " + token);
            _dialogue.CardReceived += product => Debug.Log("card: " + ProductText.Title(product, "en") + ", " + ProductText.Price(product.Price));
            _dialogue.ActionReceived += action => Debug.Log("action: " + action.Kind + " " + string.Join(", ", action.ProductIds));
            _dialogue.SourceReceived += fact => Debug.Log("fact: " + fact.ProductId + " " + fact.Field + " = " + fact.Value);
            try
            {
                DialogueReply reply = await _dialogue.SayAsync(_question, _life.Token);
                Debug.Log(reply.HandOver ? reply.Text + " (a person should take over)" : reply.Text);
                await _dialogue.FeedbackAsync(reply, true);
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
