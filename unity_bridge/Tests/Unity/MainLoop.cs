#nullable enable
using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using UnityEngine;

namespace Showfloor.Tests
{
    /// <summary>Unity's main thread: what is posted runs in the next frame, on this thread alone.</summary>
    internal sealed class MainLoop : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Call, object? State)> _posted =
            new ConcurrentQueue<(SendOrPostCallback, object?)>();

        private readonly int _thread = Thread.CurrentThread.ManagedThreadId;

        public bool IsHere => Thread.CurrentThread.ManagedThreadId == _thread;

        /// <summary>Runs a test on a main thread of its own.</summary>
        public static void Run(Func<MainLoop, Task> test, double seconds = 20)
        {
            SynchronizationContext? before = Current;
            var loop = new MainLoop();
            SetSynchronizationContext(loop);
            try
            {
                Task task = test(loop);
                var clock = Stopwatch.StartNew();
                while (!task.IsCompleted)
                {
                    loop.Frame();
                    Thread.Sleep(1);
                    if (clock.Elapsed.TotalSeconds > seconds)
                    {
                        Assert.Fail("It did not end within " + seconds + " s.");
                    }
                }
                task.GetAwaiter().GetResult();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

        public void Frame()
        {
#if !UNITY_5_3_OR_NEWER
            Time.frameCount++; // Unity counts its frames itself
#endif
            for (int i = _posted.Count; i > 0 && _posted.TryDequeue(out var next); i--)
            {
                next.Call(next.State);
            }
        }

        /// <summary>Waits, frame by frame, until something holds.</summary>
        public async Task Until(Func<bool> holds, double seconds = 10)
        {
            var clock = Stopwatch.StartNew();
            while (!holds())
            {
                if (clock.Elapsed.TotalSeconds > seconds)
                {
                    Assert.Fail("It did not come true within " + seconds + " s.");
                }
                await Task.Yield();
            }
        }
    }
}
