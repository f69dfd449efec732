#nullable enable
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using UnityEngine;

namespace Showfloor.Unity.Lifetime
{
    /// <summary>Closes what is open when the game quits, when play mode changes and before the editor reloads its domain:
    /// a socket that outlives them freezes the editor. Each wait has a bound.</summary>
    public static class Shutdown
    {
        /// <summary>Longest wait.</summary>
        public static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

        private static readonly object Lock = new object();
        private static readonly List<Func<TimeSpan, Task>> Closers = new List<Func<TimeSpan, Task>>();

        /// <summary>Registers what closes something. It must not need the main thread, which waits for it.</summary>
        /// <param name="close">Is given the time that it may take.</param>
        /// <returns>Dispose of it when the thing was closed otherwise.</returns>
        public static IDisposable Register(Func<TimeSpan, Task> close)
        {
            lock (Lock)
            {
                Closers.Add(close);
            }
            return new Registration(close);
        }

        /// <summary>Closes everything that is registered and waits until it is, at most <see cref="Bound"/>.</summary>
        /// <returns>Whether all was closed in time.</returns>
        public static bool CloseAll()
        {
            Func<TimeSpan, Task>[] closers;
            lock (Lock)
            {
                closers = Closers.ToArray();
                Closers.Clear();
            }
            var tasks = new List<Task>();
            foreach (Func<TimeSpan, Task> close in closers)
            {
                tasks.Add(Task.Run(() => close(Bound)));
            }
            try
            {
                return Task.WaitAll(tasks.ToArray(), Bound);
            }
            catch (AggregateException error)
            {
                Debug.LogWarning("Showfloor: a connection did not close cleanly: " + error.GetBaseException().Message);
                return true;
            }
        }

        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void Watch()
        {
            Application.quitting -= OnQuitting;
            Application.quitting += OnQuitting;
        }

        private static void OnQuitting() => CloseAll();

        private sealed class Registration : IDisposable
        {
            private readonly Func<TimeSpan, Task> _close;

            public Registration(Func<TimeSpan, Task> close) => _close = close;

            public void Dispose()
            {
                lock (Lock)
                {
                    Closers.Remove(_close);
                }
            }
        }
    }
}
