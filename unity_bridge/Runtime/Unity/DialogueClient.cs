#nullable enable
using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Dialogue;
using Showfloor.Rpc;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.Events;

namespace Showfloor.Unity
{
    /// <summary>A conversation with the shop assistant as events: tokens, product cards, actions for the scene. Events come
    /// on the main thread, in order. A new question ends the reply to the one before.</summary>
    [AddComponentMenu("Showfloor/Dialogue Client")]
    public sealed class DialogueClient : MonoBehaviour
    {
        [SerializeField, Tooltip("The connection. Empty: the client on this object or one above it.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("The reply so far, after each token.")]
        private UnityEvent<string> _textChanged = new UnityEvent<string>();

        [SerializeField, Tooltip("The reply has come to its end; the whole text.")]
        private UnityEvent<string> _replied = new UnityEvent<string>();

        [SerializeField, Tooltip("The reply failed; for shoppers.")]
        private UnityEvent<string> _failed = new UnityEvent<string>();

        private DialogueSession? _session;
        private RpcChannel? _sessionChannel;
        private CancellationTokenSource? _turn;
        private string _productId = "";

        /// <summary>The next piece of the reply.</summary>
        public event Action<string>? TokenReceived;

        /// <summary>A product to show as a card.</summary>
        public event Action<Product>? CardReceived;

        /// <summary>Something that the scene shall do; <see cref="SceneDirector"/> does it.</summary>
        public event Action<SceneAction>? ActionReceived;

        /// <summary>A fact that the reply rests on.</summary>
        public event Action<Source>? SourceReceived;

        /// <summary>The whole reply.</summary>
        public event Action<DialogueReply>? ReplyCompleted;

        /// <summary>The reply so far, after each token.</summary>
        public UnityEvent<string> TextChanged => _textChanged;

        /// <summary>The whole text of a reply.</summary>
        public UnityEvent<string> Replied => _replied;

        /// <summary>The reply failed; for shoppers. Code and fix are in the <see cref="ShowfloorException"/>, and in the Console
        /// after <see cref="Say"/>.</summary>
        public UnityEvent<string> Failed => _failed;

        /// <summary>Whether a reply is being written.</summary>
        public bool IsBusy => _turn != null;

        /// <summary>Product that the shopper looks at; empty: none.</summary>
        public string ProductId
        {
            get => _productId;
            set => _productId = value ?? "";
        }

        /// <summary>Space to place things in. Optional.</summary>
        public Size? Space { get; set; }

        /// <summary>Language of the conversation, BCP 47: that of the connection.</summary>
        public string Language => Found != null ? Found.Language : "en";

        private ShowfloorClient? Found
        {
            get
            {
                if (_client == null)
                {
                    _client = GetComponentInParent<ShowfloorClient>();
                }
                return _client;
            }
        }

        private ShowfloorClient Client => Found != null
            ? Found
            : throw new ShowfloorException(
                RpcStatus.FailedPrecondition,
                "CLIENT_MISSING",
                "The dialogue '" + name + "' has no ShowfloorClient.",
                "Assign one to the component, or add one to this object.");

        /// <summary>Says something and waits for the whole reply.</summary>
        /// <exception cref="ShowfloorException">The reply did not come to its end.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled, or another question was asked.</exception>
        public async Task<DialogueReply> SayAsync(string text, CancellationToken cancellationToken = default)
        {
            _turn?.Cancel();
            var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _turn = turn;
            try
            {
                DialogueSession session = Session();
                session.Language = Client.Language;
                session.ShopperId = Client.ShopperId;
                session.ProductId = _productId;
                session.Space = Space;
                var relay = new Relay(this, turn.Token, SynchronizationContext.Current ?? new SynchronizationContext());
                DialogueReply reply = await session.SayAsync(text, relay, turn.Token);
                await relay.ToldAsync();
                turn.Token.ThrowIfCancellationRequested();
                ReplyCompleted?.Invoke(reply);
                _replied.Invoke(reply.Text);
                return reply;
            }
            catch (ShowfloorException error)
            {
                if (ReferenceEquals(_turn, turn))
                {
                    _failed.Invoke(ShopperText.Failure(error, Language));
                }
                throw;
            }
            finally
            {
                if (ReferenceEquals(_turn, turn))
                {
                    _turn = null;
                }
                turn.Dispose();
            }
        }

        /// <summary>For buttons and input fields: says something; the outcome comes as events.</summary>
        public async void Say(string text)
        {
            try
            {
                await SayAsync(text);
            }
            catch (OperationCanceledException)
            {
                // Another question was asked, or the object is gone.
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
            }
        }

        /// <summary>Ends the reply that is being written.</summary>
        public void Stop() => _turn?.Cancel();

        /// <summary>Thumbs up or down on a reply.</summary>
        public Task FeedbackAsync(DialogueReply reply, bool good, string comment = "") =>
            Session().FeedbackAsync(reply.TurnId, good, comment);

        /// <summary>Has the server delete the conversation, and begins a new one.</summary>
        public Task ForgetAsync()
        {
            Stop();
            return _session is null ? Task.CompletedTask : Session().ForgetAsync();
        }

        /// <summary>The conversation, on the connection that is open now.</summary>
        private DialogueSession Session()
        {
            RpcChannel channel = Client.Channel;
            if (_session is null || !ReferenceEquals(_sessionChannel, channel))
            {
                _session = new DialogueSession(channel, _session?.ConversationId ?? "");
                _sessionChannel = channel;
            }
            return _session;
        }

        private void OnDestroy() => Stop();

        /// <summary>Brings what the network thread tells to the main thread, in order.</summary>
        private sealed class Relay : IDialogueListener
        {
            private readonly DialogueClient _owner;
            private readonly CancellationToken _turn;
            private readonly SynchronizationContext _main;
            private readonly StringBuilder _text = new StringBuilder();

            public Relay(DialogueClient owner, CancellationToken turn, SynchronizationContext main)
            {
                _owner = owner;
                _turn = turn;
                _main = main;
            }

            public void OnToken(string token) => Post(() =>
            {
                _text.Append(token);
                _owner.TokenReceived?.Invoke(token);
                _owner._textChanged.Invoke(_text.ToString());
            });

            public void OnCard(Product product) => Post(() => _owner.CardReceived?.Invoke(product));

            public void OnAction(SceneAction action) => Post(() => _owner.ActionReceived?.Invoke(action));

            public void OnSource(Source source) => Post(() => _owner.SourceReceived?.Invoke(source));

            /// <summary>Ends when everything that came so far has been told.</summary>
            public Task ToldAsync()
            {
                var told = new TaskCompletionSource<bool>();
                _main.Post(_ => told.TrySetResult(true), null);
                return told.Task;
            }

            private void Post(Action tell) => _main.Post(
                _ =>
                {
                    if (_owner != null && !_turn.IsCancellationRequested)
                    {
                        tell();
                    }
                },
                null);
        }
    }
}
