#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Http;
using Showfloor.Unity.Models;
using Showfloor.V1;
using Showfloor.Wire;
using UnityEngine;

namespace Showfloor.Tests
{
    /// <summary>An asset of three levels as the server would send it.</summary>
    internal sealed class FakeAsset
    {
        private static readonly long[] Triangles = { 60000, 20000, 5000 };

        public byte[][] Files { get; } = { Noise(5000, 1), Noise(2000, 2), Noise(500, 3) };

        public string Etag { get; set; } = "e1";

        public bool Offline { get; set; }

        public int Calls { get; private set; }

        public long BytesSent { get; private set; }

        /// <summary>Where set, finer levels than this one are held back until it is cancelled.</summary>
        public int HoldsAfter { get; set; } = -1;

        public static byte[] Noise(int length, int seed)
        {
            var data = new byte[length];
            new System.Random(seed).NextBytes(data);
            return data;
        }

        public static string Sha(byte[] data) =>
            BitConverter.ToString(SHA256.Create().ComputeHash(data)).Replace("-", "").ToLowerInvariant();

        public FakeServer Server() => new FakeServer(Answer);

        public HttpReply Reply(HttpRequest request) => Answer(request);

        public StreamHeader Header()
        {
            var variant = new Variant { Profile = "quest3", Etag = Etag };
            for (int i = 0; i < Files.Length; i++)
            {
                variant.Lods.Add(new Lod { Level = i, Triangles = Triangles[i], SizeBytes = Files[i].Length, Sha256 = Sha(Files[i]) });
            }
            return new StreamHeader { Asset = new Asset { Id = "ast_1", Etag = Etag, ProductId = "sku-42" }, Variant = variant };
        }

        private HttpReply Answer(HttpRequest request)
        {
            Calls++;
            if (Offline)
            {
                throw HttpErrors.Unreachable(request.Address);
            }
            StreamAssetRequest wanted = FakeServer.Read<StreamAssetRequest>(request);
            StreamHeader header = Header();
            header.Resumed = wanted.ResumeEtag == Etag;
            var messages = new List<IMessage> { new StreamAssetResponse { Header = header } };
            for (int level = Files.Length - 1; level >= 0 && level > HoldsAfter - 1; level--)
            {
                long offset = header.Resumed ? wanted.Resume.Where(r => r.Level == level).Sum(r => r.Offset) : 0;
                if (offset < Files[level].Length)
                {
                    byte[] rest = Files[level].Skip((int)offset).ToArray();
                    BytesSent += rest.Length;
                    messages.Add(new StreamAssetResponse { Chunk = new Chunk { Level = level, Offset = offset, Data = rest } });
                }
                messages.Add(new StreamAssetResponse { LodEnd = new LodEnd { Level = level, Sha256 = Sha(Files[level]) } });
            }
            if (HoldsAfter >= 0)
            {
                return new FakeReply(messages.Select(FakeServer.Frame)) { HangsAtEnd = true };
            }
            return FakeServer.Answer(messages.ToArray());
        }
    }

    /// <summary>Loads a GLB as an object with one renderer.</summary>
    internal sealed class FakeLoader : IModelLoader
    {
        public IReadOnlyList<string> ReadableExtensions { get; } = new[] { "KHR_mesh_quantization" };

        public List<FakeModel> Made { get; } = new List<FakeModel>();

        public int FailsAt { get; set; } = -1;

        public async Task<LoadedModel> LoadAsync(
            byte[] glb, Transform parent, string name, FrameBudgetAgent budget, CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            if (name == "LOD" + FailsAt)
            {
                throw new ShowfloorException(RpcStatus.DataLoss, "MODEL_UNREADABLE", "No.", "Try another.");
            }
            var model = new FakeModel(name, parent, glb);
            Made.Add(model);
            return model;
        }
    }

    internal sealed class FakeModel : LoadedModel
    {
        public FakeModel(string name, Transform parent, byte[] data)
        {
            Data = data;
            Root = new GameObject(name);
            Root.SetActive(false);
            Root.transform.SetParent(parent, false);
            Root.AddComponent<MeshRenderer>().localBounds = new Bounds(new UnityEngine.Vector3(0, 0.5f, 0), UnityEngine.Vector3.one);
        }

        public byte[] Data { get; }

        public override GameObject Root { get; }

        public override IReadOnlyList<string> Variants { get; } = new[] { "red", "blue" };

        public override IReadOnlyList<string> Warnings { get; } = Array.Empty<string>();

        public string Variant { get; private set; } = "";

        public bool Disposed { get; private set; }

        public override Task SetVariantAsync(string name, CancellationToken cancellationToken)
        {
            Variant = name;
            return Task.CompletedTask;
        }

        public override void Dispose()
        {
            Disposed = true;
            UnityEngine.Object.DestroyImmediate(Root);
        }
    }
}
