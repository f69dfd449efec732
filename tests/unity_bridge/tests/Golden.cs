#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using NUnit.Framework;
using Showfloor.Wire;

namespace Showfloor.Tests
{
    /// <summary>The codec against Python's protobuf. golden.py writes the file that SHOWFLOOR_GOLDEN names, and reads what
    /// <see cref="Make"/> writes.</summary>
    [TestFixture]
    public class Golden
    {
        [Test]
        public void PythonsMessagesAreReadAndWrittenAsPythonDoes()
        {
            int count = 0;
            foreach (string[] line in Lines())
            {
                byte[] data = Hex(line[1]);
                IMessage message = Parse(line[0], data);
                Assert.AreEqual(line[2], Dump(message), line[0]);
                if (line.Length == 3)
                {
                    Assert.AreEqual(line[1], Hex(Proto.Serialize(message)), line[0]);
                }
                else
                {
                    Assert.AreEqual(line[2], Dump(Parse(line[0], Proto.Serialize(message))), line[0]);
                }
                count++;
            }
            Assert.That(count, Is.GreaterThan(500));
        }

        [Test]
        public void CutMessagesAreRefused()
        {
            int refused = 0;
            foreach (string[] line in Lines())
            {
                byte[] data = Hex(line[1]);
                for (int length = 0; length < Math.Min(data.Length, 60); length++)
                {
                    try
                    {
                        Parse(line[0], data.AsSpan(0, length).ToArray());
                    }
                    catch (ShowfloorException error)
                    {
                        Assert.AreEqual("MESSAGE_INVALID", error.Code);
                        refused++;
                    }
                }
            }
            Assert.That(refused, Is.GreaterThan(1000));
        }

        /// <summary>Writes random messages of every class, for golden.py to read.</summary>
        internal static void Make(string path)
        {
            var dice = new Random(4);
            var lines = new StringBuilder();
            foreach (Type type in Types().Values.OrderBy(t => t.FullName, StringComparer.Ordinal))
            {
                for (int i = 0; i < 6; i++)
                {
                    var message = (IMessage)Activator.CreateInstance(type)!;
                    if (i > 0)
                    {
                        RandomMessage.Fill(message, dice, 0);
                    }
                    string name = (type.Namespace == "Showfloor.V1" ? "showfloor.v1." : WellKnownName(type)) + type.Name;
                    lines.Append(name + "\t" + Hex(Proto.Serialize(message)) + "\t" + Dump(message) + "\n");
                }
            }
            File.WriteAllText(path, lines.ToString());
        }

        internal static Dictionary<string, Type> Types() => typeof(IMessage).Assembly.GetTypes()
            .Where(t => typeof(IMessage).IsAssignableFrom(t) && t.IsClass && t.Name != "Any" && t.Name != "Duration")
            .ToDictionary(t => t.Name);

        internal static IMessage Parse(string name, byte[] data)
        {
            var message = (IMessage)Activator.CreateInstance(Types()[name.Substring(name.LastIndexOf('.') + 1)])!;
            var reader = new WireReader(data, false);
            message.MergeFrom(ref reader);
            return message;
        }

        internal static string Hex(ReadOnlySpan<byte> data)
        {
            var text = new StringBuilder(data.Length * 2);
            foreach (byte one in data)
            {
                text.Append(one.ToString("x2"));
            }
            return text.ToString();
        }

        private static string WellKnownName(Type type) => type.Name == "Timestamp" ? "google.protobuf." : "google.rpc.";

        private static IEnumerable<string[]> Lines()
        {
            string? path = Environment.GetEnvironmentVariable("SHOWFLOOR_GOLDEN");
            if (string.IsNullOrEmpty(path))
            {
                Assert.Ignore("SHOWFLOOR_GOLDEN names no file; `make test-unity` makes it.");
            }
            return File.ReadAllLines(path!).Select(line => line.Split('\t'));
        }

        private static byte[] Hex(string text) =>
            Enumerable.Range(0, text.Length / 2).Select(i => Convert.ToByte(text.Substring(2 * i, 2), 16)).ToArray();

        private static string Dump(IMessage message) => string.Join(";", Dump(message, ""));

        private static IEnumerable<string> Dump(object message, string path)
        {
            foreach (PropertyInfo property in message.GetType().GetProperties())
            {
                if (property.Name.EndsWith("Case", StringComparison.Ordinal))
                {
                    continue;
                }
                object? value = property.GetValue(message);
                string name = path + property.Name;
                if (value is Dictionary<string, string> map)
                {
                    foreach (string key in map.Keys.OrderBy(k => k, StringComparer.Ordinal))
                    {
                        yield return name + "{" + Text(key) + "}=" + Text(map[key]);
                    }
                }
                else if (value is IList list)
                {
                    for (int i = 0; i < list.Count; i++)
                    {
                        foreach (string line in One(list[i]!, name + "[" + i + "]"))
                        {
                            yield return line;
                        }
                    }
                }
                else if (IsSet(message, property, value))
                {
                    foreach (string line in One(value!, name))
                    {
                        yield return line;
                    }
                }
            }
        }

        private static bool IsSet(object message, PropertyInfo property, object? value)
        {
            foreach (PropertyInfo other in message.GetType().GetProperties())
            {
                if (other.Name.EndsWith("Case", StringComparison.Ordinal)
                    && Enum.GetNames(other.PropertyType).Contains(property.Name))
                {
                    return other.GetValue(message)!.ToString() == property.Name;
                }
            }
            if (value is null || Nullable.GetUnderlyingType(property.PropertyType) != null)
            {
                return value != null;
            }
            switch (value)
            {
                case double number:
                    return BitConverter.DoubleToInt64Bits(number) != 0;
                case float number:
                    return BitConverter.SingleToInt32Bits(number) != 0;
                case string text:
                    return text.Length > 0;
                case ReadOnlyMemory<byte> bytes:
                    return bytes.Length > 0;
                case Enum number:
                    return Convert.ToInt32(number) != 0;
                default:
                    return !value.GetType().IsValueType || !value.Equals(Activator.CreateInstance(value.GetType()));
            }
        }

        private static IEnumerable<string> One(object value, string name)
        {
            switch (value)
            {
                case IMessage message:
                    return new[] { name + "=message" }.Concat(Dump(message, name + "."));
                case string text:
                    return new[] { name + "=" + Text(text) };
                case ReadOnlyMemory<byte> bytes:
                    return new[] { name + "=" + Hex(bytes.Span) };
                case double number:
                    return new[] { name + "=" + BitConverter.DoubleToInt64Bits(number).ToString("x16") };
                case float number:
                    return new[] { name + "=" + BitConverter.SingleToInt32Bits(number).ToString("x8") };
                case bool flag:
                    return new[] { name + "=" + (flag ? 1 : 0) };
                case Enum number:
                    return new[] { name + "=" + Convert.ToInt32(number) };
                default:
                    return new[] { name + "=" + value };
            }
        }

        private static string Text(string text) => Hex(Encoding.UTF8.GetBytes(text));
    }
}
