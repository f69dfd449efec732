#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Showfloor.Assets
{
    /// <summary>What a cache holds and what it drops when it is full: the least recently used first, pinned entries
    /// never. It deletes nothing itself. Not for several threads at once.</summary>
    public sealed class CacheIndex
    {
        private const string Head = "showfloor-cache 1";
        private readonly Dictionary<string, LinkedListNode<Entry>> _byKey =
            new Dictionary<string, LinkedListNode<Entry>>(StringComparer.Ordinal);

        private readonly LinkedList<Entry> _oldestFirst = new LinkedList<Entry>();

        /// <summary>An empty index.</summary>
        /// <param name="maxBytes">Bytes that the cache may hold.</param>
        public CacheIndex(long maxBytes)
        {
            if (maxBytes < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(maxBytes), "0 or more.");
            }
            MaxBytes = maxBytes;
        }

        /// <summary>Bytes that the cache may hold.</summary>
        public long MaxBytes { get; private set; }

        /// <summary>Bytes that it holds.</summary>
        public long Bytes { get; private set; }

        /// <summary>Entries that it holds.</summary>
        public int Count => _byKey.Count;

        /// <summary>Keys, the least recently used first.</summary>
        public IEnumerable<string> Keys
        {
            get
            {
                foreach (Entry entry in _oldestFirst)
                {
                    yield return entry.Key;
                }
            }
        }

        /// <summary>Reads what <see cref="Save"/> wrote; damaged lines are left out, and so is everything when the text is
        /// none of ours.</summary>
        public static CacheIndex Load(string text, long maxBytes)
        {
            var index = new CacheIndex(maxBytes);
            string[] lines = text.Split('\n');
            if (lines[0] != Head)
            {
                return index;
            }
            for (int i = 1; i < lines.Length; i++)
            {
                int space = lines[i].IndexOf(' ');
                if (space > 0
                    && long.TryParse(lines[i].Substring(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
                    && IsKey(lines[i].Substring(space + 1)))
                {
                    index.Add(lines[i].Substring(space + 1), bytes);
                }
            }
            return index;
        }

        /// <summary>The index as text, the least recently used first.</summary>
        public string Save()
        {
            var text = new StringBuilder(Head).Append('\n');
            foreach (Entry entry in _oldestFirst)
            {
                text.Append(entry.Bytes.ToString(CultureInfo.InvariantCulture)).Append(' ').Append(entry.Key).Append('\n');
            }
            return text.ToString();
        }

        /// <summary>Whether it holds <paramref name="key"/>.</summary>
        public bool Contains(string key) => _byKey.ContainsKey(key);

        /// <summary>Adds or replaces an entry, and drops others until all fit.</summary>
        /// <param name="key">Name of the entry, without line breaks.</param>
        /// <param name="bytes">Its size.</param>
        /// <returns>The keys that were dropped: delete their files. Holds <paramref name="key"/> itself where it cannot
        /// fit.</returns>
        public IReadOnlyList<string> Put(string key, long bytes)
        {
            if (!IsKey(key))
            {
                throw new ArgumentException("A key has at least one letter and no line break.", nameof(key));
            }
            if (bytes < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(bytes), "0 or more.");
            }
            int pins = _byKey.TryGetValue(key, out LinkedListNode<Entry>? old) ? old.Value.Pins : 0;
            Remove(key);
            Add(key, bytes).Pins = pins;
            return Trim();
        }

        /// <summary>Tells that an entry was used; false where there is none.</summary>
        public bool Touch(string key)
        {
            if (!_byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                return false;
            }
            _oldestFirst.Remove(node);
            _oldestFirst.AddLast(node);
            return true;
        }

        /// <summary>Keeps an entry until <see cref="Unpin"/> was called as often; false where there is none.</summary>
        public bool Pin(string key)
        {
            if (!_byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                return false;
            }
            node.Value.Pins++;
            return true;
        }

        /// <summary>Takes one <see cref="Pin"/> back.</summary>
        /// <returns>The keys that are dropped now.</returns>
        public IReadOnlyList<string> Unpin(string key)
        {
            if (_byKey.TryGetValue(key, out LinkedListNode<Entry>? node) && node.Value.Pins > 0)
            {
                node.Value.Pins--;
            }
            return Trim();
        }

        /// <summary>Sets another limit.</summary>
        /// <returns>The keys that are dropped now.</returns>
        public IReadOnlyList<string> Resize(long maxBytes)
        {
            if (maxBytes < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(maxBytes), "0 or more.");
            }
            MaxBytes = maxBytes;
            return Trim();
        }

        /// <summary>Forgets an entry whose file is gone.</summary>
        public void Remove(string key)
        {
            if (_byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                _byKey.Remove(key);
                _oldestFirst.Remove(node);
                Bytes -= node.Value.Bytes;
            }
        }

        private static bool IsKey(string key) => key.Length > 0 && key.IndexOfAny(new[] { '\n', '\r' }) < 0;

        private Entry Add(string key, long bytes)
        {
            Remove(key);
            var entry = new Entry(key, bytes);
            _byKey[key] = _oldestFirst.AddLast(entry);
            Bytes += bytes;
            return entry;
        }

        private IReadOnlyList<string> Trim()
        {
            var dropped = new List<string>();
            LinkedListNode<Entry>? node = _oldestFirst.First;
            while (Bytes > MaxBytes && node != null)
            {
                LinkedListNode<Entry>? next = node.Next;
                if (node.Value.Pins == 0)
                {
                    dropped.Add(node.Value.Key);
                    Remove(node.Value.Key);
                }
                node = next;
            }
            return dropped;
        }

        private sealed class Entry
        {
            public Entry(string key, long bytes)
            {
                Key = key;
                Bytes = bytes;
            }

            public string Key { get; }

            public long Bytes { get; }

            public int Pins { get; set; }
        }
    }
}
