#nullable enable
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Dialogue
{
    /// <summary>Is told of a reply while it is written. Called in order, on any thread.</summary>
    public interface IDialogueListener
    {
        /// <summary>The next piece of the text.</summary>
        void OnToken(string token);

        /// <summary>A product to show as a card.</summary>
        void OnCard(Product product);

        /// <summary>Something that the scene shall do.</summary>
        void OnAction(SceneAction action);

        /// <summary>A fact that the text rests on.</summary>
        void OnSource(Source source);
    }

    /// <summary>A whole reply.</summary>
    public sealed class DialogueReply
    {
        /// <summary>The text.</summary>
        public string Text { get; internal set; } = "";

        /// <summary>Products to show as cards.</summary>
        public List<Product> Cards { get; } = new List<Product>();

        /// <summary>What the scene shall do.</summary>
        public List<SceneAction> Actions { get; } = new List<SceneAction>();

        /// <summary>Facts that the text rests on.</summary>
        public List<Source> Sources { get; } = new List<Source>();

        /// <summary>Turn, for <see cref="DialogueSession.FeedbackAsync"/>.</summary>
        public string TurnId { get; internal set; } = "";

        /// <summary>Whether a person should take over.</summary>
        public bool HandOver { get; internal set; }

        /// <summary>What the shopper was understood to want: "price", "fit", "out_of_scope" and others.</summary>
        public string Intent { get; internal set; } = "";

        /// <summary>How sure that is, 0 to 1.</summary>
        public double Confidence { get; internal set; }

        /// <summary>Model that phrased part of the reply; empty: templates did all.</summary>
        public string Engine { get; internal set; } = "";

        /// <summary>Time to the first token, as the server measured it.</summary>
        public TimeSpan FirstToken { get; internal set; }
    }

    /// <summary>A conversation with the shop assistant. One turn at a time.</summary>
    public sealed class DialogueSession
    {
        private const string Expired = "CONVERSATION_UNKNOWN";
        private readonly AssistantServiceClient _client;

        /// <summary>A conversation.</summary>
        /// <param name="channel">The way to the server.</param>
        /// <param name="conversationId">A conversation to go on with; empty: a new one.</param>
        public DialogueSession(RpcChannel channel, string conversationId = "")
        {
            _client = new AssistantServiceClient(channel);
            ConversationId = conversationId;
        }

        /// <summary>Id of the conversation; empty before the first reply.</summary>
        public string ConversationId { get; private set; } = "";

        /// <summary>Language, BCP 47; empty: that of the text.</summary>
        public string Language { get; set; } = "";

        /// <summary>Shopper, for cart and recommendation. Optional.</summary>
        public string ShopperId { get; set; } = "";

        /// <summary>Product that the shopper looks at. Optional.</summary>
        public string ProductId { get; set; } = "";

        /// <summary>Space to place things in. Optional.</summary>
        public Size? Space { get; set; }

        /// <summary>Longest silence before the connection counts as lost. Default: 60 s.</summary>
        public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

        /// <summary>Says something and waits for the whole reply. Where the server no longer has the conversation, another
        /// begins.</summary>
        /// <param name="text">What the shopper said.</param>
        /// <param name="listener">Is told of each part as it comes. Optional.</param>
        /// <param name="cancellationToken">Ends the reply.</param>
        /// <exception cref="ShowfloorException">The reply did not come to its end.</exception>
        public async Task<DialogueReply> SayAsync(
            string text, IDialogueListener? listener = null, CancellationToken cancellationToken = default)
        {
            try
            {
                return await OnceAsync(text, listener, cancellationToken).ConfigureAwait(false);
            }
            catch (ShowfloorException error) when (error.Code == Expired && ConversationId.Length > 0)
            {
                ConversationId = ""; // the server keeps conversations for a while only: it begins anew
                return await OnceAsync(text, listener, cancellationToken).ConfigureAwait(false);
            }
        }

        /// <summary>Thumbs up or down on a reply.</summary>
        public Task FeedbackAsync(
            string turnId, bool good, string comment = "", CancellationToken cancellationToken = default) =>
            _client.FeedbackAsync(
                new FeedbackRequest { TurnId = turnId, Good = good, Comment = comment }, null, cancellationToken);

        /// <summary>Has the server delete the conversation, and begins a new one.</summary>
        public async Task ForgetAsync(CancellationToken cancellationToken = default)
        {
            if (ConversationId.Length > 0)
            {
                var request = new ForgetRequest { ConversationId = ConversationId };
                await _client.ForgetAsync(request, null, cancellationToken).ConfigureAwait(false);
                ConversationId = "";
            }
        }

        private async Task<DialogueReply> OnceAsync(
            string text, IDialogueListener? listener, CancellationToken cancellationToken)
        {
            var request = new ChatRequest
            {
                ConversationId = ConversationId,
                Text = text,
                Language = Language,
                ShopperId = ShopperId,
                ProductId = ProductId,
                Space = Space,
            };
            var reply = new DialogueReply();
            var words = new StringBuilder();
            bool ended = false;
            var options = new CallOptions { IdleTimeout = IdleTimeout };
            await foreach (ChatResponse part in _client.Chat(request, options, cancellationToken).ConfigureAwait(false))
            {
                switch (part.EventCase)
                {
                    case ChatResponse.EventOneofCase.Token:
                        words.Append(part.Token);
                        listener?.OnToken(part.Token);
                        break;
                    case ChatResponse.EventOneofCase.Card:
                        reply.Cards.Add(part.Card!);
                        listener?.OnCard(part.Card!);
                        break;
                    case ChatResponse.EventOneofCase.Action:
                        reply.Actions.Add(part.Action!);
                        listener?.OnAction(part.Action!);
                        break;
                    case ChatResponse.EventOneofCase.Source:
                        reply.Sources.Add(part.Source!);
                        listener?.OnSource(part.Source!);
                        break;
                    case ChatResponse.EventOneofCase.Done:
                        ChatDone done = part.Done!;
                        ConversationId = done.ConversationId.Length > 0 ? done.ConversationId : ConversationId;
                        reply.TurnId = done.TurnId;
                        reply.HandOver = done.HandOver;
                        reply.Intent = done.Intent;
                        reply.Confidence = done.Confidence;
                        reply.Engine = done.Engine;
                        reply.FirstToken = TimeSpan.FromMilliseconds(done.FirstTokenMs);
                        ended = true;
                        break;
                }
            }
            if (!ended)
            {
                throw RpcErrors.Protocol("the reply stopped before its end");
            }
            reply.Text = words.ToString();
            return reply;
        }
    }
}
