#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;

namespace Showfloor.Project.Editor
{
    /// <summary>Remembers what the builder wrote, so that it makes anew only what nobody has changed since, and only where
    /// something else would come out. A file that is there and not in the list belongs to the user.</summary>
    public sealed class BuiltFiles
    {
        private readonly string _list;
        private readonly SortedDictionary<string, string> _hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);

        /// <summary>Reads the list; a missing one is empty.</summary>
        /// <param name="list">Path of the list: a line "sha256 stamp path" for each file.</param>
        public BuiltFiles(string list)
        {
            _list = list;
            if (!File.Exists(list))
            {
                return;
            }
            foreach (string line in File.ReadAllLines(list))
            {
                string[] parts = line.Split(new[] { ' ' }, 3);
                if (parts.Length == 3 && parts[0].Length == 64)
                {
                    _hashes[parts[2]] = parts[0] + " " + parts[1];
                }
            }
        }

        /// <summary>Whether the builder may write a file: it is missing, or as the builder left it.</summary>
        public bool MayWrite(string path) =>
            !File.Exists(path) || (_hashes.TryGetValue(path, out string known) && known.StartsWith(Hash(path), StringComparison.Ordinal));

        /// <summary>Whether a file is as the builder left it, and would be made the same again.</summary>
        /// <param name="path">The file.</param>
        /// <param name="stamp">What it is made of: version of the builder, packages that are there; without spaces.</param>
        public bool IsCurrent(string path, string stamp) =>
            File.Exists(path) && _hashes.TryGetValue(path, out string known) && known == Hash(path) + " " + stamp;

        /// <summary>The builder has written this file.</summary>
        public void Wrote(string path, string stamp)
        {
            _hashes[path] = Hash(path) + " " + stamp;
            var lines = new List<string>();
            foreach (KeyValuePair<string, string> known in _hashes)
            {
                lines.Add(known.Value + " " + known.Key);
            }
            File.WriteAllLines(_list, lines);
        }

        /// <summary>These are the builder's, as they are now, and are made anew with the next build.</summary>
        public void Release(IEnumerable<string> paths)
        {
            foreach (string path in paths)
            {
                if (File.Exists(path))
                {
                    Wrote(path, "released");
                }
            }
        }

        private static string Hash(string path)
        {
            using (SHA256 sha = SHA256.Create())
            using (FileStream file = File.OpenRead(path))
            {
                return BitConverter.ToString(sha.ComputeHash(file)).Replace("-", "").ToLowerInvariant();
            }
        }
    }
}
