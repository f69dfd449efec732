#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using Showfloor.V1;
using Showfloor.Wire;

namespace Showfloor.Insights
{
    /// <summary>Events that wait to be sent, the oldest first, with a limit. On the disk they are one RecordEventsRequest,
    /// of which a torn end is left out.</summary>
    internal sealed class EventQueue
    {
        private const byte EventTag = 10; // field 1, length-delimited
        private readonly object _lock = new object();
        private readonly object _disk = new object();
        private readonly Queue<Event> _events = new Queue<Event>();
        private readonly int _limit;
        private readonly string _file;
        private long _first;
        private bool _saved;

        public EventQueue(int limit, string file)
        {
            _limit = limit;
            _file = file;
            Load();
        }

        public int Count
        {
            get
            {
                lock (_lock)
                {
                    return _events.Count;
                }
            }
        }

        /// <summary>Events that did not fit or that the server refused.</summary>
        public long Dropped { get; private set; }

        public void Add(Event item)
        {
            lock (_lock)
            {
                _events.Enqueue(item);
                while (_events.Count > _limit)
                {
                    _events.Dequeue();
                    _first++;
                    Dropped++;
                }
            }
        }

        /// <summary>The oldest events, and the number of the one after them.</summary>
        public RecordEventsRequest Peek(int count, out long next)
        {
            var batch = new RecordEventsRequest();
            lock (_lock)
            {
                foreach (Event item in _events)
                {
                    if (batch.Events.Count == count)
                    {
                        break;
                    }
                    batch.Events.Add(item);
                }
                next = _first + batch.Events.Count;
            }
            return batch;
        }

        /// <summary>Takes out what comes before a number; what is gone already is not counted again.</summary>
        public void Remove(long next, bool refused)
        {
            lock (_lock)
            {
                for (; _first < next && _events.Count > 0; _first++)
                {
                    _events.Dequeue();
                    Dropped += refused ? 1 : 0;
                }
            }
        }

        public void Clear()
        {
            lock (_lock)
            {
                _first += _events.Count;
                _events.Clear();
            }
        }

        /// <summary>Writes the queue to its file; an empty one leaves none.</summary>
        /// <exception cref="ShowfloorException">EVENTS_UNSAVED.</exception>
        public void Save()
        {
            if (_file.Length == 0)
            {
                return;
            }
            lock (_disk)
            {
                RecordEventsRequest all = Peek(int.MaxValue, out _);
                if (all.Events.Count == 0 && !_saved)
                {
                    return;
                }
                string half = _file + ".half";
                try
                {
                    if (all.Events.Count > 0)
                    {
                        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_file)) ?? ".");
                        File.WriteAllBytes(half, Proto.Serialize(all));
                    }
                    File.Delete(_file);
                    if (all.Events.Count > 0)
                    {
                        File.Move(half, _file);
                    }
                    else
                    {
                        File.Delete(half); // left by an app that ended in the middle; it would come back as new
                    }
                    _saved = all.Events.Count > 0;
                }
                catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
                {
                    throw new ShowfloorException(
                        RpcStatus.FailedPrecondition,
                        "EVENTS_UNSAVED",
                        all.Events.Count + " events cannot be kept in " + _file + ": " + error.Message.TrimEnd('.') + ".",
                        "Free space or rights there; they are lost when the app ends before they are sent.",
                        error);
                }
            }
        }

        private void Load()
        {
            if (_file.Length == 0)
            {
                return;
            }
            byte[] data;
            try
            {
                string half = _file + ".half"; // the app ended between the two steps of Save
                data = File.ReadAllBytes(File.Exists(_file) || !File.Exists(half) ? _file : half);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                return;
            }
            _saved = true;
            var reader = new WireReader(data, false);
            try
            {
                while (reader.Next(out uint tag) && tag == EventTag)
                {
                    Add(reader.ReadMessage(new Event()));
                }
            }
            catch (ShowfloorException)
            {
                // The end is torn; what came before it counts.
            }
        }
    }
}
