#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Rpc;
using Showfloor.V1;
using Showfloor.WellKnown;

namespace Showfloor.Insights
{
    /// <summary>How events are recorded.</summary>
    public sealed class EventRecorderOptions
    {
        /// <summary>Events that may wait; beyond, the oldest are dropped. Default: 2,000.</summary>
        public int MaxQueued { get; set; } = 2000;

        /// <summary>Events that are sent at once, 1 to 1,000. Default: 200.</summary>
        public int BatchSize { get; set; } = 200;

        /// <summary>How long events wait for others to go with. Default: 10 s.</summary>
        public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>File that keeps what could not be sent for the next start; empty: none.</summary>
        public string File { get; set; } = "";

        /// <summary>Delays while the server is away; its number of attempts does not count. Default: 2 s to 5 min.</summary>
        public RetryPolicy Retry { get; set; } = new RetryPolicy(1, 2, 300);
    }

    /// <summary>Tells the server what shoppers do, in batches. Events wait, in a file too, while the server is away; each has an
    /// id, so that sending it again does no harm. May be used from any thread; recording never waits.</summary>
    public sealed class EventRecorder
    {
        private const int MaxBatch = 1000;
        private const int MaxId = 64;
        private const int MaxScene = 200;
        private const int MaxArms = 20;
        private static readonly CallOptions Once =
            new CallOptions { Retry = RetryPolicy.None, Deadline = TimeSpan.FromSeconds(20) };

        private readonly Func<RpcChannel> _channel;
        private readonly EventRecorderOptions _options;
        private readonly EventQueue _queue;
        private readonly SemaphoreSlim _sending = new SemaphoreSlim(1);
        private readonly SemaphoreSlim _wake = new SemaphoreSlim(0);
        private readonly CancellationTokenSource _closing = new CancellationTokenSource();
        private readonly object _lock = new object();
        private bool _loops;

        /// <summary>A recorder; takes up what its file holds.</summary>
        /// <param name="channel">Answers the way to the server; asked before each batch, on any thread.</param>
        /// <param name="options">How. Optional.</param>
        public EventRecorder(Func<RpcChannel> channel, EventRecorderOptions? options = null)
        {
            _channel = channel;
            _options = options ?? new EventRecorderOptions();
            if (_options.BatchSize < 1 || _options.BatchSize > MaxBatch || _options.MaxQueued < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(options), "BatchSize is 1 to 1,000, MaxQueued above 0.");
            }
            _queue = new EventQueue(_options.MaxQueued, _options.File);
            if (_queue.Count > 0)
            {
                Begin();
            }
        }

        /// <summary>A batch could not be sent or kept, or an event was refused. Raised on any thread; what was not refused is
        /// tried again.</summary>
        public event Action<ShowfloorException>? Failed;

        /// <summary>Pseudonym of the shopper; empty: unknown. At most 64 characters; no name, no address.</summary>
        public string ShopperId { get; set; } = "";

        /// <summary>Visit. Default: a new one for each recorder.</summary>
        public string SessionId { get; set; } = Guid.NewGuid().ToString("N");

        /// <summary>Arms of experiments that the shopper is in, such as {"exp-3d": "b"}. Set it before the first event.</summary>
        public Dictionary<string, string> Arms { get; } = new Dictionary<string, string>();

        /// <summary>Events that wait.</summary>
        public int Queued => _queue.Count;

        /// <summary>Events that did not fit or that the server refused.</summary>
        public long Dropped => _queue.Dropped;

        /// <summary>Records that something happened now.</summary>
        /// <param name="kind">What.</param>
        /// <param name="productId">Product, if any.</param>
        /// <param name="scene">Scene, if any: "vr-showroom/hall-1".</param>
        /// <returns>Id of the event.</returns>
        /// <exception cref="ShowfloorException">EVENT_INVALID.</exception>
        public string Record(EventKind kind, string productId = "", string scene = "")
        {
            var item = new Event
            {
                Id = Guid.NewGuid().ToString("N"),
                Kind = kind,
                Time = DateTimeOffset.UtcNow.ToTimestamp(),
                ShopperId = ShopperId,
                SessionId = SessionId,
                ProductId = productId,
                Scene = scene,
            };
            foreach (KeyValuePair<string, string> arm in Arms)
            {
                item.Arms[arm.Key] = arm.Value;
            }
            Check(item);
            _queue.Add(item);
            Begin();
            if (_queue.Count >= _options.BatchSize && _wake.CurrentCount == 0)
            {
                _wake.Release();
            }
            return item.Id;
        }

        /// <summary>Sends everything that waits.</summary>
        /// <param name="cancellationToken">Ends it; what was not sent goes on waiting.</param>
        /// <exception cref="ShowfloorException">The server is away, or does not take the key. The events are kept.</exception>
        public async Task FlushAsync(CancellationToken cancellationToken = default)
        {
            await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                int size = _options.BatchSize;
                while (true)
                {
                    RecordEventsRequest batch = _queue.Peek(size, out long next);
                    if (batch.Events.Count == 0)
                    {
                        break;
                    }
                    bool refused = false;
                    try
                    {
                        await new InsightsServiceClient(_channel())
                            .RecordEventsAsync(batch, Once, cancellationToken).ConfigureAwait(false);
                    }
                    catch (ShowfloorException error) when (error.Status == RpcStatus.InvalidArgument)
                    {
                        if (batch.Events.Count > 1)
                        {
                            size = batch.Events.Count / 2; // one of them is refused: the others shall not be lost with it
                            continue;
                        }
                        refused = true;
                        Failed?.Invoke(error);
                    }
                    _queue.Remove(next, refused);
                    size = _options.BatchSize;
                }
            }
            finally
            {
                _sending.Release();
                Save();
            }
        }

        /// <summary>Keeps what waits in the file, as an app does when it is paused. Takes milliseconds.</summary>
        public void Save()
        {
            try
            {
                _queue.Save();
            }
            catch (ShowfloorException error)
            {
                Failed?.Invoke(error);
            }
        }

        /// <summary>Forgets what waits, in the file too: the shopper does not want to be recorded.</summary>
        public void Forget()
        {
            _queue.Clear();
            Save();
        }

        /// <summary>Keeps what waits in the file, then sends what can be sent in time.</summary>
        /// <param name="wait">How long that may take.</param>
        /// <returns>Whether everything was sent.</returns>
        public async Task<bool> CloseAsync(TimeSpan wait)
        {
            _closing.Cancel();
            Save();
            using (var end = new CancellationTokenSource(wait))
            {
                try
                {
                    await FlushAsync(end.Token).ConfigureAwait(false);
                }
                catch (Exception error) when (error is OperationCanceledException || error is ShowfloorException)
                {
                    // They are in the file and are sent after the next start.
                }
            }
            return Queued == 0;
        }

        private static void Check(Event item)
        {
            if (item.Kind == EventKind.Unspecified)
            {
                throw Invalid("its kind is not set", "Name what happened: EventKind.ArPlaced and others.");
            }
            CheckText("product", item.ProductId, MaxId);
            CheckText("shopper", item.ShopperId, MaxId);
            CheckText("session", item.SessionId, MaxId);
            CheckText("scene", item.Scene, MaxScene);
            if (item.Arms.Count > MaxArms)
            {
                throw Invalid(item.Arms.Count + " arms of experiments are set", "Set at most " + MaxArms + ".");
            }
            foreach (KeyValuePair<string, string> arm in item.Arms)
            {
                CheckText("experiment", arm.Key, MaxId);
                CheckText("arm", arm.Value, MaxId);
            }
        }

        private static void CheckText(string what, string text, int limit)
        {
            bool control = false;
            foreach (char letter in text)
            {
                control |= char.IsControl(letter);
            }
            if (control || text.Length > limit)
            {
                throw Invalid(
                    "its " + what + " has " + text.Length + " characters" + (control ? ", line breaks or the like among them" : ""),
                    "Use at most " + limit + " characters, on one line.");
            }
        }

        private static ShowfloorException Invalid(string why, string fix) => new ShowfloorException(
            RpcStatus.InvalidArgument, "EVENT_INVALID", "The event is not recorded: " + why + ".", fix);

        private void Begin()
        {
            lock (_lock)
            {
                if (!_loops && !_closing.IsCancellationRequested)
                {
                    _loops = true;
                    _ = Task.Run(LoopAsync);
                }
            }
        }

        /// <summary>Sends until nothing waits; then the next event begins it again.</summary>
        private async Task LoopAsync()
        {
            int failures = 0;
            try
            {
                while (true)
                {
                    TimeSpan wait = _options.Interval;
                    if (failures > 0)
                    {
                        TimeSpan retry = _options.Retry.Delay(failures);
                        await Task.Delay(retry > wait ? retry : wait, _closing.Token).ConfigureAwait(false);
                    }
                    else
                    {
                        await _wake.WaitAsync(wait, _closing.Token).ConfigureAwait(false);
                    }
                    try
                    {
                        await FlushAsync(_closing.Token).ConfigureAwait(false);
                        failures = 0;
                    }
                    catch (ShowfloorException error)
                    {
                        failures++;
                        Failed?.Invoke(error);
                    }
                    lock (_lock)
                    {
                        if (_queue.Count == 0)
                        {
                            _loops = false;
                            return;
                        }
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The recorder is closed.
            }
            catch
            {
                lock (_lock)
                {
                    _loops = false; // a listener of Failed threw: the next event begins it again
                }
                throw;
            }
        }
    }
}
