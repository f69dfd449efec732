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
        private static readonly List<Registration> Closers = new List<Registration>();

        /// <summary>Registers what closes something. It must not need the main thread, which waits for it.</summary>
        /// <param name="close">Is given the time that it may take.</param>
        /// <param name="release">Frees what only the main thread can free; called there after the wait. Optional.</param>
        /// <returns>Dispose of it when the thing was closed otherwise.</returns>
        public static IDisposable Register(Func<TimeSpan, Task> close, Action? release = null)
        {
            var registration = new Registration(close, release);
            lock (Lock)
            {
                Closers.Add(registration);
            }
            return registration;
        }

        /// <summary>Closes everything that is registered and waits until it is, at most <see cref="Bound"/>. Main
        /// thread.</summary>
        /// <returns>Whether all was closed in time.</returns>
        public static bool CloseAll()
        {
            Registration[] closers;
            lock (Lock)
            {
                closers = Closers.ToArray();
                Closers.Clear();
            }
            var tasks = new List<Task>();
            foreach (Registration closer in closers)
            {
                tasks.Add(Task.Run(() => closer.Close(Bound)));
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
            finally
            {
                foreach (Registration closer in closers)
                {
                    closer.Release?.Invoke();
                }
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
            public Registration(Func<TimeSpan, Task> close, Action? release)
            {
                Close = close;
                Release = release;
            }

            public Func<TimeSpan, Task> Close { get; }

            public Action? Release { get; }

            public void Dispose()
            {
                lock (Lock)
                {
                    Closers.Remove(this);
                }
            }
        }
    }
}
