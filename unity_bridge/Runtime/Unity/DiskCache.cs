#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Showfloor.Assets;
using Showfloor.V1;
using Showfloor.Wire;

namespace Showfloor.Unity
{
    /// <summary>Downloaded files on the disk, named by their SHA-256, with a limit: the least recently used go first. May be
    /// used from any thread. A damaged or missing file is only a miss.</summary>
    public sealed class DiskCache
    {
        private const string IndexName = "index.txt";
        private static readonly Dictionary<string, DiskCache> Open = new Dictionary<string, DiskCache>(StringComparer.Ordinal);
        private readonly string _folder;
        private readonly object _lock = new object();
        private readonly CacheIndex _index;

        /// <summary>The cache in a folder, which is made.</summary>
        /// <param name="folder">Its folder; no other files may lie there.</param>
        /// <param name="maxBytes">Bytes that it may hold.</param>
        /// <exception cref="ShowfloorException">CACHE_UNWRITABLE.</exception>
        public DiskCache(string folder, long maxBytes)
        {
            _folder = folder;
            try
            {
                Directory.CreateDirectory(folder);
                string index = Path.Combine(folder, IndexName);
                _index = CacheIndex.Load(File.Exists(index) ? File.ReadAllText(index) : "", maxBytes);
                Reconcile();
            }
            catch (Exception error) when (IsDisk(error))
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "CACHE_UNWRITABLE",
                    "The cache folder " + folder + " cannot be used: " + error.Message,
                    "Free space or rights there, or set the cache size to 0.",
                    error);
            }
        }

        /// <summary>The one cache of a folder, for several clients at once; the last limit counts.</summary>
        /// <param name="folder">Its folder; no other files may lie there.</param>
        /// <param name="maxBytes">Bytes that it may hold.</param>
        /// <exception cref="ShowfloorException">CACHE_UNWRITABLE.</exception>
        public static DiskCache Shared(string folder, long maxBytes)
        {
            string path = Path.GetFullPath(folder);
            lock (Open)
            {
                if (Open.TryGetValue(path, out DiskCache? known) && Directory.Exists(path))
                {
                    known.Resize(maxBytes);
                    return known;
                }
                var cache = new DiskCache(path, maxBytes);
                Open[path] = cache;
                return cache;
            }
        }

        /// <summary>Bytes that it holds.</summary>
        public long Bytes
        {
            get
            {
                lock (_lock)
                {
                    return _index.Bytes;
                }
            }
        }

        /// <summary>What is there of an asset for a profile: its header and the levels that are whole; null: nothing.</summary>
        public Task<CachedAsset?> FindAsync(string id, string profile) => Task.Run(() => Find(id, profile));

        /// <summary>Keeps one level, and what asset and profile it belongs to.</summary>
        public Task PutAsync(string id, string profile, LoadedLod lod) => Task.Run(() => Put(id, profile, lod));

        /// <summary>Deletes everything.</summary>
        public void Clear()
        {
            lock (_lock)
            {
                foreach (string key in new List<string>(_index.Keys))
                {
                    _index.Remove(key);
                    Delete(key);
                }
                SaveIndex();
            }
        }

        private CachedAsset? Find(string id, string profile)
        {
            byte[]? header = Read(HeaderKey(id, profile));
            if (header is null)
            {
                return null;
            }
            StreamHeader known;
            try
            {
                known = Proto.Parse<StreamHeader>(header);
            }
            catch (ShowfloorException)
            {
                Drop(HeaderKey(id, profile));
                return null;
            }
            if (known.Asset is null || known.Variant is null)
            {
                return null;
            }
            var found = new CachedAsset(known.Asset, known.Variant);
            foreach (Lod lod in known.Variant.Lods)
            {
                byte[]? data = IsSha256(lod.Sha256) ? Read(lod.Sha256 + ".glb") : null;
                if (data != null && data.LongLength == lod.SizeBytes && Hex(data) == lod.Sha256)
                {
                    found.Files[lod.Level] = data;
                }
                else if (data != null)
                {
                    Drop(lod.Sha256 + ".glb");
                }
            }
            return found;
        }

        private void Put(string id, string profile, LoadedLod lod)
        {
            if (!IsSha256(lod.Lod.Sha256))
            {
                return;
            }
            var header = new StreamHeader { Asset = lod.Asset, Variant = lod.Variant };
            Write(lod.Lod.Sha256 + ".glb", lod.Data);
            Write(HeaderKey(id, profile), Proto.Serialize(header));
        }

        private void Resize(long maxBytes)
        {
            lock (_lock)
            {
                foreach (string dropped in _index.Resize(maxBytes))
                {
                    Delete(dropped);
                }
            }
        }

        private static bool IsDisk(Exception error) => error is IOException || error is UnauthorizedAccessException;

        private static bool IsSha256(string text)
        {
            foreach (char c in text)
            {
                if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
                {
                    return false;
                }
            }
            return text.Length == 64;
        }

        private static string HeaderKey(string id, string profile) =>
            Hex(Encoding.UTF8.GetBytes(id + "\n" + profile)) + ".header";

        private static string Hex(byte[] data)
        {
            using (var sha = SHA256.Create())
            {
                return BitConverter.ToString(sha.ComputeHash(data)).Replace("-", "").ToLowerInvariant();
            }
        }

        private byte[]? Read(string key)
        {
            lock (_lock)
            {
                if (!_index.Touch(key))
                {
                    return null;
                }
            }
            try
            {
                return File.ReadAllBytes(Path.Combine(_folder, key));
            }
            catch (Exception error) when (IsDisk(error))
            {
                Drop(key);
                return null;
            }
        }

        private void Write(string key, byte[] data)
        {
            try
            {
                Replace(key, data);
            }
            catch (Exception error) when (IsDisk(error))
            {
                Drop(key);
                return;
            }
            lock (_lock)
            {
                foreach (string dropped in _index.Put(key, data.LongLength))
                {
                    Delete(dropped);
                }
                SaveIndex();
            }
        }

        private void Replace(string key, byte[] data)
        {
            string target = Path.Combine(_folder, key);
            string half = target + "." + Guid.NewGuid().ToString("N") + ".half";
            try
            {
                File.WriteAllBytes(half, data);
                File.Delete(target);
                File.Move(half, target);
            }
            catch (Exception error) when (IsDisk(error))
            {
                File.Delete(half);
                throw;
            }
        }

        private void Drop(string key)
        {
            lock (_lock)
            {
                _index.Remove(key);
                Delete(key);
                SaveIndex();
            }
        }

        private void Delete(string key)
        {
            try
            {
                File.Delete(Path.Combine(_folder, key));
            }
            catch (Exception error) when (IsDisk(error))
            {
                // It is no longer in the index; Reconcile deletes it the next time.
            }
        }

        private void SaveIndex()
        {
            try
            {
                Replace(IndexName, Encoding.UTF8.GetBytes(_index.Save()));
            }
            catch (Exception error) when (IsDisk(error))
            {
                // Without an index the files are deleted the next time: only a miss.
            }
        }

        /// <summary>Index and folder agree: unknown files are deleted, missing ones forgotten, and the limit holds.</summary>
        private void Reconcile()
        {
            foreach (string key in new List<string>(_index.Keys))
            {
                var file = new FileInfo(Path.Combine(_folder, key));
                if (!file.Exists)
                {
                    _index.Remove(key);
                }
            }
            foreach (string path in Directory.GetFiles(_folder))
            {
                string name = Path.GetFileName(path);
                if (name != IndexName && !_index.Contains(name))
                {
                    File.Delete(path);
                }
            }
            Resize(_index.MaxBytes);
        }
    }

    /// <summary>What a cache has of an asset.</summary>
    public sealed class CachedAsset
    {
        internal CachedAsset(Asset asset, Variant variant)
        {
            Asset = asset;
            Variant = variant;
        }

        /// <summary>The asset as it was when its files were fetched.</summary>
        public Asset Asset { get; }

        /// <summary>The variant that the files belong to.</summary>
        public Variant Variant { get; }

        /// <summary>Whole files by level.</summary>
        public Dictionary<int, byte[]> Files { get; } = new Dictionary<int, byte[]>();

        /// <summary>Whether every level from the coarsest to <paramref name="finest"/> is there.</summary>
        public bool Has(int finest)
        {
            int coarsest = 0;
            foreach (Lod lod in Variant.Lods)
            {
                coarsest = Math.Max(coarsest, lod.Level);
            }
            foreach (Lod lod in Variant.Lods)
            {
                if (lod.Level >= Math.Min(finest, coarsest) && !Files.ContainsKey(lod.Level))
                {
                    return false;
                }
            }
            return Variant.Lods.Count > 0;
        }

        /// <summary>For a download that goes on with what is there.</summary>
        public PartialAsset ToPartial()
        {
            var partial = new PartialAsset(Variant.Etag);
            foreach (Lod lod in Variant.Lods)
            {
                if (Files.TryGetValue(lod.Level, out byte[] data))
                {
                    partial.AddWhole(lod, data);
                }
            }
            return partial;
        }
    }
}
