#nullable enable
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Rpc;
using Showfloor.V1;
using Showfloor.Wire;

namespace Showfloor.Jobs
{
    /// <summary>Watches a job until it has ended, through lost connections and restarts of the server.</summary>
    public sealed class JobWatch
    {
        private static readonly TimeSpan Round = TimeSpan.FromSeconds(120);
        private static readonly TimeSpan CancelTime = TimeSpan.FromSeconds(3);
        private readonly GenerationServiceClient _client;
        private readonly TimeSpan _patience;

        /// <summary>A watch.</summary>
        /// <param name="channel">The way to the server.</param>
        /// <param name="patience">How long the server may be away. Default: 60 s.</param>
        public JobWatch(RpcChannel channel, TimeSpan? patience = null)
        {
            _client = new GenerationServiceClient(channel);
            _patience = patience ?? TimeSpan.FromSeconds(60);
        }

        /// <summary>The failure of a job that has failed or was cancelled; null otherwise.</summary>
        public static ShowfloorException? Failure(Job job)
        {
            switch (job.State)
            {
                case JobState.Failed:
                    Problem problem = job.Problem ?? new Problem();
                    return new ShowfloorException(
                        RpcStatus.FailedPrecondition,
                        problem.Code.Length > 0 ? problem.Code : "UNEXPECTED",
                        problem.Message.Length > 0 ? problem.Message : "The job " + job.Id + " failed.",
                        problem.Fix);
                case JobState.Cancelled:
                    return new ShowfloorException(
                        RpcStatus.Cancelled,
                        "JOB_CANCELLED",
                        "The job " + job.Id + " was cancelled.",
                        "Ask for it again.");
                default:
                    return null;
            }
        }

        /// <summary>Whether a job in this state will not change any more.</summary>
        public static bool Ended(JobState state) =>
            state == JobState.Succeeded || state == JobState.Failed || state == JobState.Cancelled;

        /// <summary>The job as it is now and each change, until it has ended. Nothing is told twice.</summary>
        /// <exception cref="ShowfloorException">There is no such job, or the server stayed away.</exception>
        public async IAsyncEnumerable<WatchJobResponse> WatchAsync(
            string jobId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var patience = new Patience(_patience, new RetryPolicy());
            var options = new CallOptions { Deadline = Round, Retry = RetryPolicy.None };
            byte[] told = Array.Empty<byte>();
            while (true)
            {
                ShowfloorException? lost = null;
                IAsyncEnumerable<WatchJobResponse> open =
                    _client.WatchJob(new WatchJobRequest { JobId = jobId }, options, cancellationToken);
                IAsyncEnumerator<WatchJobResponse> stream = open.GetAsyncEnumerator(cancellationToken);
                await using (stream.ConfigureAwait(false))
                {
                    while (true)
                    {
                        try
                        {
                            if (!await stream.MoveNextAsync().ConfigureAwait(false))
                            {
                                break;
                            }
                        }
                        catch (ShowfloorException error)
                            when (error.Transient || error.Status == RpcStatus.DeadlineExceeded)
                        {
                            lost = error;
                            break;
                        }
                        patience.Met();
                        byte[] now = Proto.Serialize(stream.Current);
                        if (!now.AsSpan().SequenceEqual(told))
                        {
                            told = now;
                            yield return stream.Current;
                        }
                        if (stream.Current.Job is Job job && Ended(job.State))
                        {
                            yield break;
                        }
                    }
                }
                if (lost is null || lost.Status != RpcStatus.DeadlineExceeded)
                {
                    lost ??= Http.HttpErrors.Lost();
                    await patience.WaitAsync(lost, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        /// <summary>Waits until the job has succeeded.</summary>
        /// <param name="jobId">The job.</param>
        /// <param name="progress">Told of each change, on any thread.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <param name="cancelJob">Whether ending the wait by the token cancels the job too.</param>
        /// <exception cref="ShowfloorException">What the job failed with; JOB_CANCELLED; or the server stayed
        /// away.</exception>
        public async Task<Job> WaitAsync(
            string jobId,
            IProgress<WatchJobResponse>? progress = null,
            CancellationToken cancellationToken = default,
            bool cancelJob = false)
        {
            Job? job = null;
            try
            {
                await foreach (WatchJobResponse now in WatchAsync(jobId, cancellationToken).ConfigureAwait(false))
                {
                    progress?.Report(now);
                    job = now.Job ?? job;
                }
            }
            catch (OperationCanceledException) when (cancelJob)
            {
                await CancelAsync(jobId).ConfigureAwait(false);
                throw;
            }
            return Failure(job!) is ShowfloorException failure ? throw failure : job!;
        }

        private async Task CancelAsync(string jobId)
        {
            try
            {
                var options = new CallOptions { Deadline = CancelTime };
                await _client.CancelJobAsync(new CancelJobRequest { JobId = jobId }, options).ConfigureAwait(false);
            }
            catch (ShowfloorException)
            {
                // The caller is told of the cancelling itself; a server that is away cannot be told.
            }
        }
    }
}
