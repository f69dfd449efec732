#nullable enable
using System;
using System.Collections.Generic;
using UnityEngine.UIElements;

namespace Showfloor.Editor
{
    /// <summary>The fields of the window that say what to make.</summary>
    internal sealed class ConversionForm
    {
        private static readonly List<string> Sides =
            new List<string> { "Not known", "Height", "Width", "Depth", "Printed marker" };

        private static readonly List<string> Colliders = new List<string> { "None", "Box", "Convex hull" };

        private readonly DropdownField _profile;
        private readonly DropdownField _side = new DropdownField("Known side", Sides, 1);
        private readonly FloatField _length = new FloatField("Length, cm");
        private readonly TextField _product = new TextField("Product id (optional)");
        private readonly TextField _folder = new TextField("Folder");
        private readonly DropdownField _collider = new DropdownField("Collider", Colliders, 1);
        private readonly TextField _label = new TextField("Addressables label");

        public ConversionForm(List<string> profiles)
        {
            _profile = new DropdownField("Profile", profiles, 0);
            _folder.value = new PrefabOptions().Folder;
            _length.value = 10f;
        }

        /// <summary>The fields.</summary>
        public VisualElement Build()
        {
            var form = new VisualElement();
            _profile.tooltip = "The device that the prefab is for: it sets triangles, textures and file size.";
            _side.tooltip = "One true length gives the prefab its true size. Without any only the proportions are right.";
            _length.tooltip = "Length of the known side, or of a side of the marker, centimetres.";
            _product.tooltip = "Product of the catalogue that gets the asset; its declared size is used where none is given here.";
            _folder.tooltip = "Gets a folder for each product.";
            _label.tooltip = AddressablesEntry.Installed
                ? "Adds the prefab to the default group with this label; empty: not."
                : "Needs the package com.unity.addressables.";
            _label.SetEnabled(AddressablesEntry.Installed);
            foreach (VisualElement field in new VisualElement[] { _profile, _side, _length, _product, _folder, _collider, _label })
            {
                form.Add(field);
            }
            _side.RegisterValueChangedCallback(_ => _length.SetEnabled(_side.index > 0));
            return form;
        }

        /// <summary>What the fields say.</summary>
        public ConversionOptions Options() => new ConversionOptions
        {
            Profile = _profile.value,
            Side = (KnownSide)Math.Max(0, _side.index),
            SideCm = _length.value,
            ProductId = (_product.value ?? "").Trim(),
            Prefab = new PrefabOptions
            {
                Folder = (_folder.value ?? "").Trim(),
                Collider = (PrefabCollider)Math.Max(0, _collider.index),
                AddressablesLabel = (_label.value ?? "").Trim(),
            },
        };
    }
}
