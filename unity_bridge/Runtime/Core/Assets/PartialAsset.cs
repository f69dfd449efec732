#nullable enable
using System;
using System.Collections.Generic;
using Showfloor.V1;

namespace Showfloor.Assets
{
    /// <summary>What has arrived of a variant. Give it to the next download and only the rest is sent.</summary>
    public sealed class PartialAsset
    {
        private readonly List<PartialLod> _lods = new List<PartialLod>();

        /// <summary>Nothing yet.</summary>
        public PartialAsset()
        {
        }

        /// <summary>For levels of the variant <paramref name="etag"/> that are added by <see cref="AddWhole"/>.</summary>
        public PartialAsset(string etag) => Etag = etag;

        /// <summary>Etag of the variant; empty before its header has come.</summary>
        public string Etag { get; private set; } = "";

        /// <summary>What there is of each level.</summary>
        public IReadOnlyList<PartialLod> Lods => _lods;

        /// <summary>Bytes that have arrived.</summary>
        public long ReceivedBytes
        {
            get
            {
                long sum = 0;
                foreach (PartialLod lod in _lods)
                {
                    sum += lod.Received;
                }
                return sum;
            }
        }

        /// <summary>Adds a level that is there already, such as in a disk cache. Its SHA-256 is checked before it is
        /// handed out.</summary>
        public void AddWhole(Lod lod, byte[] data)
        {
            if (data.LongLength != lod.SizeBytes)
            {
                throw new ArgumentException("The file has " + data.LongLength + " bytes, the level " + lod.SizeBytes + ".");
            }
            _lods.RemoveAll(l => l.Level == lod.Level);
            _lods.Add(new PartialLod(lod, data, data.Length));
        }

        /// <summary>Forgets everything.</summary>
        public void Clear()
        {
            _lods.Clear();
            Etag = "";
        }

        internal PartialLod? Find(int level) => _lods.Find(lod => lod.Level == level);

        internal void Begin(Variant variant, bool resumed)
        {
            if (!resumed)
            {
                _lods.Clear();
            }
            Etag = variant.Etag;
        }

        internal PartialLod Open(Lod lod)
        {
            PartialLod? open = Find(lod.Level);
            if (open is null || open.Sha256 != lod.Sha256 || open.SizeBytes != lod.SizeBytes)
            {
                _lods.RemoveAll(l => l.Level == lod.Level);
                open = new PartialLod(lod, new byte[lod.SizeBytes], 0);
                _lods.Add(open);
            }
            return open;
        }
    }

    /// <summary>What has arrived of one file.</summary>
    public sealed class PartialLod
    {
        private readonly LodHash _hash;

        internal PartialLod(Lod lod, byte[] data, int received)
        {
            Level = lod.Level;
            Sha256 = lod.Sha256;
            Data = data;
            Received = received;
            _hash = new LodHash(data);
        }

        /// <summary>0 is the finest.</summary>
        public int Level { get; }

        /// <summary>SHA-256 that the whole file must have.</summary>
        public string Sha256 { get; }

        /// <summary>Memory for the whole file; the first <see cref="Received"/> bytes are there.</summary>
        public byte[] Data { get; }

        /// <summary>Bytes that have arrived.</summary>
        public int Received { get; private set; }

        /// <summary>Bytes of the whole file.</summary>
        public long SizeBytes => Data.LongLength;

        internal void Append(ReadOnlyMemory<byte> bytes)
        {
            bytes.Span.CopyTo(Data.AsSpan(Received));
            Received += bytes.Length;
            _hash.Advance(Received);
        }

        internal async System.Threading.Tasks.Task<bool> VerifyAsync() =>
            Received == Data.Length && await _hash.FinishAsync().ConfigureAwait(false) == Sha256;

        internal void Reset()
        {
            Received = 0;
            _hash.Reset();
        }
    }
}
