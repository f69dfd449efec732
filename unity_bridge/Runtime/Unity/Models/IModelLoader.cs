#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using UnityEngine;

namespace Showfloor.Unity.Models
{
    /// <summary>Turns a GLB into objects of the scene. Put another loader here with
    /// <see cref="ShowfloorClient.ModelLoader"/>.</summary>
    public interface IModelLoader
    {
        /// <summary>glTF extensions that it reads.</summary>
        IReadOnlyList<string> ReadableExtensions { get; }

        /// <summary>Loads a GLB as an inactive child of <paramref name="parent"/>. Called on the main thread.</summary>
        /// <param name="glb">The whole file.</param>
        /// <param name="parent">What gets the child.</param>
        /// <param name="name">Name of the child.</param>
        /// <param name="budget">Asked before each piece of work.</param>
        /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
        /// <exception cref="ShowfloorException">MODEL_UNREADABLE and others.</exception>
        Task<LoadedModel> LoadAsync(
            byte[] glb, Transform parent, string name, FrameBudgetAgent budget, CancellationToken cancellationToken);
    }

    /// <summary>A model in the scene, and what belongs to it.</summary>
    public abstract class LoadedModel : IDisposable
    {
        /// <summary>Its root; inactive until it is shown.</summary>
        public abstract GameObject Root { get; }

        /// <summary>Names of its materials variants (KHR_materials_variants); empty where it has none.</summary>
        public abstract IReadOnlyList<string> Variants { get; }

        /// <summary>What could not be done, such as a texture that was left out; empty when all went well.</summary>
        public abstract IReadOnlyList<string> Warnings { get; }

        /// <summary>Switches to a materials variant; empty: the default; an unknown name changes nothing.</summary>
        public abstract Task SetVariantAsync(string name, CancellationToken cancellationToken);

        /// <summary>Destroys the objects and frees meshes, textures and materials.</summary>
        public abstract void Dispose();
    }
}
