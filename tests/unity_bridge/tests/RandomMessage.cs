#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;
using System.Text;
using Showfloor.Wire;

namespace Showfloor.Tests
{
    /// <summary>Fills messages by reflection.</summary>
    internal static class RandomMessage
    {
        private static readonly string[] Texts = { "", "a", "Tea tin", "茶叶罐", "🫖 \0\n", new string('x', 200) };
        private static readonly long[] Numbers = { 0, 1, -1, 127, 128, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue };
        private static readonly double[] Reals = { 0, -0.0, 1.5, double.NegativeInfinity, 5e-324, 1e-45f };

        public static void Fill(IMessage message, Random dice, int depth)
        {
            foreach (PropertyInfo property in message.GetType().GetProperties())
            {
                if (property.Name.EndsWith("Case", StringComparison.Ordinal) || dice.Next(3) == 0)
                {
                    continue;
                }
                object? value = property.GetValue(message);
                if (value is Dictionary<string, string> map)
                {
                    map[Texts[dice.Next(Texts.Length)]] = Texts[dice.Next(Texts.Length)];
                }
                else if (value is IList list)
                {
                    Type item = property.PropertyType.GetGenericArguments()[0];
                    for (int i = dice.Next(1, 4); i > 0 && (depth < 4 || !typeof(IMessage).IsAssignableFrom(item)); i--)
                    {
                        list.Add(Make(item, dice, depth));
                    }
                }
                else if (depth < 4 || !typeof(IMessage).IsAssignableFrom(property.PropertyType))
                {
                    Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                    property.SetValue(message, Make(type, dice, depth));
                }
            }
        }

        private static object Make(Type type, Random dice, int depth)
        {
            long number = Numbers[dice.Next(Numbers.Length)];
            if (typeof(IMessage).IsAssignableFrom(type))
            {
                var message = (IMessage)Activator.CreateInstance(type)!;
                Fill(message, dice, depth + 1);
                return message;
            }
            if (type.IsEnum)
            {
                return Enum.ToObject(type, dice.Next(-1, 8));
            }
            if (type == typeof(string))
            {
                return Texts[dice.Next(Texts.Length)];
            }
            if (type == typeof(ReadOnlyMemory<byte>))
            {
                return new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(Texts[dice.Next(Texts.Length)]));
            }
            if (type == typeof(double) || type == typeof(float))
            {
                return Convert.ChangeType(Reals[dice.Next(Reals.Length)], type);
            }
            return type == typeof(bool) ? dice.Next(2) == 1
                : type == typeof(int) ? unchecked((int)number)
                : type == typeof(uint) ? unchecked((uint)number)
                : type == typeof(ulong) ? unchecked((ulong)number)
                : (object)number;
        }
    }
}
