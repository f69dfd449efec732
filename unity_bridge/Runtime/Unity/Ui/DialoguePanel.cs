#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.UI;

namespace Showfloor.Unity.Ui
{
    /// <summary>A panel that talks with the assistant: typed text, or speech while a button is held.</summary>
    [AddComponentMenu("Showfloor/Dialogue Panel")]
    public sealed class DialoguePanel : MonoBehaviour
    {
        [SerializeField, Tooltip("The conversation.")]
        private DialogueClient? _dialogue;

        [SerializeField, Tooltip("Where the shopper types. Optional.")]
        private InputField? _input;

        [SerializeField, Tooltip("The reply.")]
        private Text? _reply;

        [SerializeField, Tooltip("Shows the card that the assistant names. Optional.")]
        private ProductPanel? _card;

        [SerializeField, Tooltip("Language that is listened to and shown, BCP 47. Empty: that of the conversation.")]
        private string _language = "";

        private CancellationTokenSource? _held;

        private string Language => _language.Length > 0 ? _language : _dialogue != null ? _dialogue.Language : "en";

        /// <summary>Turns speech into text; null: push-to-talk does nothing.</summary>
        public ISpeechInput? Speech { get; set; }

        /// <summary>Whether the shopper is being listened to.</summary>
        public bool IsListening => _held != null;

        /// <summary>The button of push-to-talk is pressed.</summary>
        public async void PressToTalk()
        {
            if (Speech is null || _held != null)
            {
                return;
            }
            _dialogue!.Stop();
            var held = new CancellationTokenSource();
            _held = held;
            try
            {
                string said = await Speech.ListenAsync(Language, held.Token);
                if (this != null && said.Trim().Length > 0)
                {
                    Say(said);
                }
            }
            catch (OperationCanceledException)
            {
                // The button was released before anything was said, or the panel is gone.
            }
            catch (Exception error) when (!(error is OutOfMemoryException))
            {
                Debug.LogWarning("Showfloor: speech was not recognised: " + error.Message);
                Show(ShopperText.In(Language, "I could not hear you. Try again, or type.", "没有听清。请再说一次，或直接输入文字。"));
            }
            finally
            {
                _held = null;
                held.Dispose();
            }
        }

        /// <summary>The button of push-to-talk is released.</summary>
        public void ReleaseToTalk() => _held?.Cancel();

        /// <summary>Says what stands in the input field.</summary>
        public void Send()
        {
            if (_input != null && _input.text.Trim().Length > 0)
            {
                Say(_input.text);
                _input.text = "";
            }
        }

        /// <summary>Says something.</summary>
        public void Say(string text)
        {
            Show("…");
            _dialogue!.Say(text);
        }

        private void OnEnable()
        {
            if (_dialogue == null)
            {
                Debug.LogError("Showfloor: the dialogue panel '" + name + "' has no DialogueClient: assign one.", this);
                enabled = false;
                return;
            }
            _dialogue.TextChanged.AddListener(Show);
            _dialogue.Failed.AddListener(Show);
            _dialogue.CardReceived += ShowCard;
            if (_input != null)
            {
                _input.onSubmit.AddListener(Submit);
            }
        }

        private void OnDisable()
        {
            ReleaseToTalk();
            if (_dialogue != null)
            {
                _dialogue.TextChanged.RemoveListener(Show);
                _dialogue.Failed.RemoveListener(Show);
                _dialogue.CardReceived -= ShowCard;
            }
            if (_input != null)
            {
                _input.onSubmit.RemoveListener(Submit);
            }
        }

        private void Submit(string text) => Send();

        private void Show(string text)
        {
            if (_reply != null)
            {
                _reply.text = text;
            }
        }

        private void ShowCard(Product product)
        {
            if (_card != null)
            {
                _card.Show(product, Language);
            }
        }
    }
}
