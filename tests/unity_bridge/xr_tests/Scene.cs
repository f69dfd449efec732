#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Showfloor.Http;
using Showfloor.Unity;
using Showfloor.V1;
using UnityEngine;

namespace Showfloor.Tests
{
    /// <summary>A shop with products and a client that is connected to it.</summary>
    internal sealed class Shop
    {
        private readonly FakeServer _assets = new FakeAsset().Server();

        public Shop()
        {
            Client = new GameObject("client").AddComponent<ShowfloorClient>();
            Client.Settings = ScriptableObject.CreateInstance<ShowfloorSettings>();
            Client.Settings.CacheBytes = 0;
            Client.Settings.Language = "en";
            Client.ModelLoader = new FakeLoader();
            Client.TransportFactory = () => new FakeServer((request, token) => Answer(request) is HttpReply reply
                ? Task.FromResult(reply)
                : _assets.SendAsync(request, token));
        }

        public ShowfloorClient Client { get; }

        public List<Product> Products { get; } = new List<Product>();

        /// <summary>A product of this id cannot be loaded.</summary>
        public string Broken { get; set; } = "";

        public string Searched { get; private set; } = "";

        public RecommendRequest? Recommended { get; private set; }

        public void Add(params string[] ids) =>
            Products.AddRange(ids.Select(id => new Product { Id = id, AssetId = id.StartsWith("flat", StringComparison.Ordinal) ? "" : "ast_" + id }));

        private HttpReply? Answer(HttpRequest request)
        {
            string path = request.Address.AbsolutePath;
            switch (path.Substring(path.LastIndexOf('/') + 1))
            {
                case "ListProducts":
                    var list = FakeServer.Read<ListProductsRequest>(request);
                    int from = list.PageToken.Length > 0 ? int.Parse(list.PageToken) : 0;
                    var page = new ListProductsResponse { NextPageToken = from + 2 < Products.Count ? (from + 2).ToString() : "" };
                    page.Products.AddRange(Products.Skip(from).Take(2));
                    return FakeServer.Answer(page);
                case "GetProduct":
                    string id = FakeServer.Read<GetProductRequest>(request).ProductId;
                    return FakeServer.Answer(Products.First(p => p.Id == id));
                case "Search":
                    Searched = FakeServer.Read<SearchRequest>(request).Query;
                    var found = new SearchResponse();
                    found.Hits.AddRange(Products.Where(p => p.Id.Contains(Searched)).Select(p => new SearchHit { Product = p }));
                    return FakeServer.Answer(found);
                case "Recommend":
                    Recommended = FakeServer.Read<RecommendRequest>(request);
                    var fit = new RecommendResponse();
                    fit.Hits.AddRange(Products.Select(p => new SearchHit { Product = p }).Reverse());
                    return FakeServer.Answer(fit);
                case "StreamAsset":
                    return FakeServer.Read<StreamAssetRequest>(request).ProductId == Broken ? FakeServer.Error(5) : null;
                default:
                    return FakeServer.Error(12);
            }
        }
    }

    /// <summary>What Unity does to components: fields set by the inspector, messages.</summary>
    internal static class Scene
    {
        private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

        public static T New<T>(string name, params (string Field, object Value)[] fields)
            where T : Component => With(new GameObject(name).AddComponent<T>(), fields);

        public static T With<T>(T component, params (string Field, object Value)[] fields)
            where T : Component
        {
            foreach ((string field, object value) in fields)
            {
                FieldInfo found = component.GetType().GetField(field, All) ?? throw new MissingFieldException(typeof(T).Name, field);
                found.SetValue(component, value);
            }
            return component;
        }

        public static void Tell(Component component, string message) =>
            (component.GetType().GetMethod(message, All) ?? throw new MissingMethodException(component.GetType().Name, message)).Invoke(component, null);
    }
}
