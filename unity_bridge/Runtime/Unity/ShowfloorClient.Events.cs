#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Showfloor.Insights;
using Showfloor.Rpc;
using Showfloor.V1;
using UnityEngine;

namespace Showfloor.Unity
{
    public sealed partial class ShowfloorClient
    {
        private const string ShopperPref = "Showfloor.Shopper";
        private static readonly HashSet<string> QueueFiles = new HashSet<string>(StringComparer.Ordinal);
        private EventRecorder? _events;
        private string _queueFile = "";
        private string? _shopper;
        private bool _failureTold;
        private bool? _recordsEvents;

        /// <summary>Pseudonym of the shopper for events and the assistant. Default: a random one that stays with this
        /// installation. Set one of your own after a sign-in; no name, no address.</summary>
        public string ShopperId
        {
            get
            {
                if (_shopper is null)
                {
                    _shopper = PlayerPrefs.GetString(ShopperPref, "");
                    if (_shopper.Length == 0)
                    {
                        _shopper = Guid.NewGuid().ToString("N");
                        PlayerPrefs.SetString(ShopperPref, _shopper);
                    }
                }
                return _shopper;
            }
            set
            {
                _shopper = value;
                if (_events != null)
                {
                    _events.ShopperId = value;
                }
            }
        }

        /// <summary>Whether events are recorded. Default: what the settings say. Set it to the shopper's answer; the settings,
        /// which are an asset of the project, stay as they are.</summary>
        public bool RecordsEvents
        {
            get => _recordsEvents ?? Settings.RecordsEvents;
            set => _recordsEvents = value;
        }

        /// <summary>Records events whatever <see cref="RecordsEvents"/> says; <see cref="Record"/> asks it first. What the server cannot take
        /// now waits in a file below <see cref="Application.persistentDataPath"/>.</summary>
        public EventRecorder Events => _events ??= OpenEvents();

        /// <summary>Records that a shopper did something, where <see cref="RecordsEvents"/> says so. Models record
        /// themselves as shown, panels as opened, try-ons as such.</summary>
        /// <param name="kind">What.</param>
        /// <param name="productId">Product, if any.</param>
        /// <param name="scene">Scene, if any: "vr-showroom/hall-1".</param>
        /// <exception cref="ShowfloorException">EVENT_INVALID, or what is wrong with the settings.</exception>
        public void Record(EventKind kind, string productId = "", string scene = "")
        {
            if (RecordsEvents)
            {
                _ = Channel;
                Events.Record(kind, productId, scene);
            }
        }

        private EventRecorder OpenEvents()
        {
            string file = Path.Combine(Application.persistentDataPath, "showfloor", "events.bin");
            lock (QueueFiles)
            {
                _queueFile = QueueFiles.Add(file) ? file : ""; // a second client keeps its events in memory alone
            }
            var recorder = new EventRecorder(OpenChannel, new EventRecorderOptions { File = _queueFile }) { ShopperId = ShopperId };
            recorder.Failed += Told;
            return recorder;
        }

        /// <summary>The connection, for other threads: it is made on the main thread alone.</summary>
        private RpcChannel OpenChannel()
        {
            RpcChannel? channel = _channel;
            return channel is null || channel.IsClosed
                ? throw new ShowfloorException(RpcStatus.Unavailable, "CHANNEL_CLOSED", "There is no connection now.", "It is tried again.")
                : channel;
        }

        private void Told(ShowfloorException error)
        {
            if (!_failureTold)
            {
                _failureTold = true;
                Debug.LogWarning("Showfloor: events wait: " + error.Code + ": " + error.Message + " " + error.Fix);
            }
        }

        /// <summary>First the events, which are in the file before anything else, then the connection.</summary>
        private async Task EndAsync(RpcChannel channel, TimeSpan wait, TimeSpan forEvents)
        {
            if (_events != null)
            {
                await _events.CloseAsync(forEvents).ConfigureAwait(false);
            }
            await channel.CloseAsync(wait - forEvents).ConfigureAwait(false);
        }

        /// <summary>The object goes: the same, without a wait.</summary>
        private async void EndQuietly()
        {
            RpcChannel? channel = _channel;
            _registration?.Dispose();
            _registration = null;
            if (channel != null)
            {
                await EndAsync(channel, CloseTime, TimeSpan.FromTicks(CloseTime.Ticks / 2)).ConfigureAwait(false);
            }
            else if (_events != null)
            {
                await _events.CloseAsync(TimeSpan.Zero).ConfigureAwait(false);
            }
            lock (QueueFiles)
            {
                QueueFiles.Remove(_queueFile);
            }
        }

        private async void OnApplicationPause(bool paused)
        {
            if (!paused || _events is null)
            {
                return;
            }
            _events.Save();
            try
            {
                await _events.FlushAsync();
                _failureTold = false;
            }
            catch (ShowfloorException)
            {
                // They are in the file.
            }
        }
    }
}
