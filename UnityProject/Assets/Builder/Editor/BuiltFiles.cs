#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;

namespace Showfloor.Project.Editor
{
    /// <summary>Remembers what the builder wrote, so that it makes anew only what nobody has changed since. A file that is
    /// there and not in the list belongs to the user.</summary>
    public sealed class BuiltFiles
    {
        private readonly string _list;
        private readonly SortedDictionary<string, string> _hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);

        /// <summary>Reads the list; a missing one is empty.</summary>
        /// <param name="list">Path of the list: a line "sha256 path" for each file.</param>
        public BuiltFiles(string list)
        {
            _list = list;
            if (!File.Exists(list))
            {
                return;
            }
            foreach (string line in File.ReadAllLines(list))
            {
                int space = line.IndexOf(' ');
                if (space == 64)
                {
                    _hashes[line.Substring(space + 1)] = line.Substring(0, space);
                }
            }
        }

        /// <summary>Whether the builder may write a file: it is missing, or as the builder left it.</summary>
        public bool MayWrite(string path) =>
            !File.Exists(path) || (_hashes.TryGetValue(path, out string known) && known == Hash(path));

        /// <summary>The builder has written this file.</summary>
        public void Wrote(string path)
        {
            _hashes[path] = Hash(path);
            var lines = new List<string>();
            foreach (KeyValuePair<string, string> known in _hashes)
            {
                lines.Add(known.Value + " " + known.Key);
            }
            File.WriteAllLines(_list, lines);
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
