#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Vuforia;

namespace Showfloor.AR
{
    /// <summary>Waits for Vuforia Engine.</summary>
    public static class VuforiaSession
    {
        private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

        /// <summary>Returns when Vuforia runs. Call it on the main thread.</summary>
        /// <exception cref="ShowfloorException">VUFORIA_FAILED, VUFORIA_TIMEOUT.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        public static async Task StartedAsync(CancellationToken cancellationToken = default)
        {
            VuforiaApplication engine = VuforiaApplication.Instance;
            if (engine.IsRunning)
            {
                return;
            }
            var started = new TaskCompletionSource<bool>();
            void Started() => started.TrySetResult(true);
            void Initialized(VuforiaInitError error)
            {
                if (error != VuforiaInitError.NONE)
                {
                    started.TrySetException(new ShowfloorException(
                        RpcStatus.FailedPrecondition,
                        "VUFORIA_FAILED",
                        "Vuforia could not be started: " + error + ".",
                        "Check its licence key (Showfloor > Project > Vuforia Licence), the camera permission, and that the device supports AR."));
                }
            }
            engine.OnVuforiaStarted += Started;
            engine.OnVuforiaInitialized += Initialized;
            try
            {
                if (engine.IsRunning)
                {
                    return;
                }
                using (cancellationToken.Register(() => started.TrySetCanceled(cancellationToken)))
                {
                    Task ended = await Task.WhenAny(started.Task, Task.Delay(StartTime, cancellationToken));
                    if (!ReferenceEquals(ended, started.Task) && !cancellationToken.IsCancellationRequested)
                    {
                        throw new ShowfloorException(
                            RpcStatus.DeadlineExceeded,
                            "VUFORIA_TIMEOUT",
                            "Vuforia did not start within " + StartTime.TotalSeconds + " s.",
                            "Check that the camera is not used by another app, and that the scene has a camera with VuforiaBehaviour.");
                    }
                    await started.Task;
                }
            }
            finally
            {
                engine.OnVuforiaStarted -= Started;
                engine.OnVuforiaInitialized -= Initialized;
            }
        }
    }
}
