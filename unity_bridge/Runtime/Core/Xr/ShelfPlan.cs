#nullable enable
using System;
using System.Collections.Generic;

namespace Showfloor.Xr
{
    /// <summary>Which products stand on the places of a shelf: a list in pages of as many as there are places.</summary>
    public sealed class ShelfPlan
    {
        private readonly List<string> _products = new List<string>();

        /// <summary>An empty shelf.</summary>
        /// <param name="places">Places, at least 1.</param>
        public ShelfPlan(int places)
        {
            if (places < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(places), "At least 1.");
            }
            Places = places;
        }

        /// <summary>Places.</summary>
        public int Places { get; }

        /// <summary>The page that is shown, from 0.</summary>
        public int Page { get; private set; }

        /// <summary>Pages; 1 where there is no product.</summary>
        public int Pages => Math.Max(1, (_products.Count + Places - 1) / Places);

        /// <summary>All products, in order.</summary>
        public IReadOnlyList<string> Products => _products;

        /// <summary>Other products; the first page is shown. Ids that come twice are taken once.</summary>
        public void Set(IEnumerable<string> productIds)
        {
            _products.Clear();
            var seen = new HashSet<string>();
            foreach (string id in productIds)
            {
                if (id.Length > 0 && seen.Add(id))
                {
                    _products.Add(id);
                }
            }
            Page = 0;
        }

        /// <summary>Goes some pages on (or back), and round at the ends.</summary>
        public void Turn(int pages) => Page = (((Page + pages) % Pages) + Pages) % Pages;

        /// <summary>Goes to the page with the first of these products that the shelf has. Where it has none, they are put
        /// in front of the others.</summary>
        /// <returns>Whether anything is there to be shown.</returns>
        public bool ScrollTo(IReadOnlyList<string> productIds)
        {
            foreach (string id in productIds)
            {
                int at = _products.IndexOf(id);
                if (at >= 0)
                {
                    Page = at / Places;
                    return true;
                }
            }
            var all = new List<string>(productIds);
            all.AddRange(_products);
            Set(all);
            return _products.Count > 0;
        }

        /// <summary>The product of each place on this page; empty: the place is free.</summary>
        public IReadOnlyList<string> Slots()
        {
            var slots = new string[Places];
            for (int i = 0; i < Places; i++)
            {
                int at = (Page * Places) + i;
                slots[i] = at < _products.Count ? _products[at] : "";
            }
            return slots;
        }
    }
}
