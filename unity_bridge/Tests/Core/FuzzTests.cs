#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using NUnit.Framework;
using Showfloor.V1;
using Showfloor.Wire;
using static Showfloor.Tests.FakeServer;

namespace Showfloor.Tests
{
    /// <summary>Whatever arrives becomes messages or a ShowfloorException.</summary>
    [TestFixture]
    public class FuzzTests
    {
        private const int Rounds = 20000;

        [Test]
        public void MutatedFramesBecomeAValueOrATypedError() => Waiting.Run(
            async end =>
            {
                var dice = new Random(20261122);
                byte[][] seeds = Seeds();
                int values = 0;
                int errors = 0;
                for (int round = 0; round < Rounds; round++)
                {
                    end.ThrowIfCancellationRequested();
                    byte[] data = Mutate(seeds[dice.Next(seeds.Length)], dice);
                    try
                    {
                        IEnumerable<byte[]> pieces = FramingTests.Cut(data, dice.Next(1, 600));
                        switch (round % 3)
                        {
                            case 0:
                                values += (await Waiting.All(FramingTests.Stream<StreamAssetResponse>(pieces))).Count;
                                break;
                            case 1:
                                values += (await Waiting.All(FramingTests.Stream<ChatResponse>(pieces))).Count;
                                break;
                            default:
                                values += (await Waiting.All(FramingTests.Stream<ListProductsResponse>(pieces))).Count;
                                break;
                        }
                    }
                    catch (ShowfloorException error)
                    {
                        Assert.That(error.Code, Is.Not.Empty);
                        errors++;
                    }
                }
                Assert.That(values, Is.GreaterThan(1000));
                Assert.That(errors, Is.GreaterThan(1000));
            },
            80);

        [Test]
        public void MutatedMessagesThatAreReadCanBeWrittenAndReadAgain()
        {
            var dice = new Random(7);
            byte[] seed = Proto.Serialize(Sample());
            int read = 0;
            for (int round = 0; round < 5000; round++)
            {
                try
                {
                    var message = Proto.Parse<ListProductsResponse>(Mutate(seed, dice));
                    byte[] once = Proto.Serialize(message);
                    byte[] twice = Proto.Serialize(Proto.Parse<ListProductsResponse>(once));
                    Assert.AreEqual(once, twice);
                    read++;
                }
                catch (ShowfloorException)
                {
                    // A typed refusal is what is wanted.
                }
            }
            Assert.That(read, Is.GreaterThan(200));
        }

        private static ListProductsResponse Sample()
        {
            var product = new Product { Id = "sku-42", Brand = "Kettle & Co", Stock = 3, Size = new Size { XM = 0.1 } };
            product.Titles["en"] = "Tea tin";
            product.Titles["zh"] = "茶叶罐";
            product.Tags.AddRange(new[] { "tin", "red" });
            var response = new ListProductsResponse { NextPageToken = "next" };
            response.Products.AddRange(new[] { product, new Product { Id = "b", CreateTime = new WellKnown.Timestamp { Seconds = -5 } } });
            return response;
        }

        private static byte[][] Seeds()
        {
            string details = Convert.ToBase64String(Proto.Serialize(new WellKnown.Status { Code = 5, Message = "gone" }));
            var header = new StreamHeader { Asset = new Asset { Id = "ast_1" }, Variant = new Variant { Etag = "e" } };
            header.Variant.Lods.Add(new Lod { Level = 1, SizeBytes = 300 });
            return new[]
            {
                Frame(new StreamAssetResponse { Header = header })
                    .Concat(Frame(new StreamAssetResponse { Chunk = new Chunk { Level = 1, Data = new byte[300] } }))
                    .Concat(Trailer()).ToArray(),
                Frame(new ChatResponse { Token = "Hello" }).Concat(Frame(new ChatResponse { Done = new ChatDone() }))
                    .Concat(Trailer(5, "grpc-message: a%20b\r\ngrpc-status-details-bin: " + details + "\r\n")).ToArray(),
                Frame(Sample()).Concat(Trailer()).ToArray(),
                Encoding.ASCII.GetBytes("<html><body>502 Bad Gateway</body></html>"),
            };
        }

        private static byte[] Mutate(byte[] seed, Random dice)
        {
            List<byte> data = seed.ToList();
            for (int changes = dice.Next(1, 5); changes > 0 && data.Count > 0; changes--)
            {
                int at = dice.Next(data.Count);
                switch (dice.Next(6))
                {
                    case 0:
                        data[at] = (byte)dice.Next(256);
                        break;
                    case 1:
                        data[at] ^= (byte)(1 << dice.Next(8));
                        break;
                    case 2:
                        data.RemoveRange(at, Math.Min(dice.Next(1, 20), data.Count - at));
                        break;
                    case 3:
                        data.InsertRange(at, Enumerable.Repeat((byte)dice.Next(256), dice.Next(1, 20)));
                        break;
                    case 4:
                        data.RemoveRange(at, data.Count - at);
                        break;
                    default:
                        data.InsertRange(at, data.Skip(dice.Next(data.Count)).Take(30).ToList());
                        break;
                }
            }
            return data.ToArray();
        }
    }
}
