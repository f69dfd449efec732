#nullable enable
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Assets;
using Showfloor.Rpc;
using Showfloor.V1;

namespace Showfloor.Captures
{
    /// <summary>Uploads the files of a capture in parts. Lost connections go on where they stopped, and so does the same
    /// upload made again later.</summary>
    public sealed class CaptureUpload
    {
        private const int PartBytes = 1024 * 1024;
        private static readonly CallOptions Once =
            new CallOptions { Retry = RetryPolicy.None, Deadline = TimeSpan.FromSeconds(120) };

        private readonly CaptureServiceClient _client;
        private readonly TimeSpan _patience;

        /// <summary>An upload.</summary>
        /// <param name="channel">The way to the server.</param>
        /// <param name="patience">How long the server may be away. Default: 60 s.</param>
        public CaptureUpload(RpcChannel channel, TimeSpan? patience = null)
        {
            _client = new CaptureServiceClient(channel);
            _patience = patience ?? TimeSpan.FromSeconds(60);
        }

        /// <summary>Uploads the files and closes the capture.</summary>
        /// <param name="files">What it is made of.</param>
        /// <param name="displayName">Name for people.</param>
        /// <param name="kind">Default: decided by the files.</param>
        /// <param name="progress">Told of each part, on any thread.</param>
        /// <param name="cancellationToken">Ends it; what has arrived is kept by the server for a day.</param>
        /// <exception cref="ShowfloorException">A file cannot be read, the server refuses it, or stayed away.</exception>
        public async Task<Capture> RunAsync(
            IReadOnlyList<UploadFile> files,
            string displayName = "",
            CaptureKind kind = CaptureKind.Unspecified,
            IProgress<UploadProgress>? progress = null,
            CancellationToken cancellationToken = default)
        {
            if (files.Count == 0)
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument, "NO_FILES", "The capture has no file.", "Add photos, or a video.");
            }
            var request = new CreateCaptureRequest { DisplayName = displayName, Kind = kind };
            foreach (UploadFile file in files)
            {
                Task<CaptureFile> declared = Task.Run(() => DeclareAsync(file, cancellationToken), cancellationToken);
                request.Files.Add(await declared.ConfigureAwait(false));
            }
            request.RequestId = SameId(request);
            var patience = new Patience(_patience, new RetryPolicy());
            Capture capture = await PatientlyAsync(
                () => _client.CreateCaptureAsync(request, Once, cancellationToken), patience, cancellationToken)
                .ConfigureAwait(false);
            while (capture.State != CaptureState.Ready)
            {
                try
                {
                    await SendAsync(capture, files, patience, progress, cancellationToken).ConfigureAwait(false);
                    var finish = new FinishCaptureRequest { CaptureId = capture.Id };
                    capture = await _client.FinishCaptureAsync(finish, Once, cancellationToken).ConfigureAwait(false);
                    patience.Met();
                }
                catch (ShowfloorException error)
                    when (error.Transient || error.Status == RpcStatus.DeadlineExceeded)
                {
                    await patience.WaitAsync(error, cancellationToken).ConfigureAwait(false);
                    var get = new GetCaptureRequest { CaptureId = capture.Id };
                    capture = await PatientlyAsync(
                        () => _client.GetCaptureAsync(get, Once, cancellationToken), patience, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            return capture;
        }

        private static async Task<T> PatientlyAsync<T>(
            Func<Task<T>> call, Patience patience, CancellationToken cancellationToken)
        {
            while (true)
            {
                ShowfloorException lost;
                try
                {
                    T answer = await call().ConfigureAwait(false);
                    patience.Met();
                    return answer;
                }
                catch (ShowfloorException error) when (error.Transient)
                {
                    lost = error;
                }
                await patience.WaitAsync(lost, cancellationToken).ConfigureAwait(false);
            }
        }

        internal static async Task<CaptureFile> DeclareAsync(UploadFile file, CancellationToken cancellationToken)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
            try
            {
                using (IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
                using (Stream stream = file.Open())
                {
                    long length = 0;
                    int read;
                    while ((read = await stream.ReadAsync(buffer, 0, PartBytes, cancellationToken).ConfigureAwait(false)) > 0)
                    {
                        hash.AppendData(buffer, 0, read);
                        length += read;
                    }
                    if (length != file.Length)
                    {
                        throw UploadFile.Changed(file.Name);
                    }
                    string sha256 = LodHash.Hex(hash.GetHashAndReset());
                    return new CaptureFile { Name = file.Name, SizeBytes = length, Sha256 = sha256 };
                }
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                throw UploadFile.Unreadable(file.Name, error);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        /// <summary>The same for the same files and name, so that a second upload goes on with the first.</summary>
        private static string SameId(CreateCaptureRequest request)
        {
            var text = new StringBuilder(request.DisplayName).Append('\n').Append((int)request.Kind);
            foreach (CaptureFile file in request.Files)
            {
                text.Append('\n').Append(file.Sha256).Append(' ').Append(file.Name);
            }
            using (SHA256 hash = SHA256.Create())
            {
                return LodHash.Hex(hash.ComputeHash(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
            }
        }

        private async Task SendAsync(
            Capture capture,
            IReadOnlyList<UploadFile> files,
            Patience patience,
            IProgress<UploadProgress>? progress,
            CancellationToken cancellationToken)
        {
            long total = 0;
            long sent = 0;
            foreach (CaptureFile file in capture.Files)
            {
                total += file.SizeBytes;
                sent += file.ReceivedBytes;
            }
            for (int i = 0; i < capture.Files.Count; i++)
            {
                CaptureFile there = capture.Files[i];
                if (there.ReceivedBytes >= there.SizeBytes)
                {
                    continue;
                }
                using (var parts = new FileParts(files[i], there.ReceivedBytes, PartBytes))
                {
                    while (parts.Offset < there.SizeBytes)
                    {
                        UploadPartRequest part = await parts.ReadAsync(cancellationToken).ConfigureAwait(false);
                        part.CaptureId = capture.Id;
                        part.FileName = there.Name;
                        long received = (await _client.UploadPartAsync(part, Once, cancellationToken)
                            .ConfigureAwait(false)).ReceivedBytes;
                        patience.Met();
                        sent += received - parts.Offset;
                        parts.Offset = received;
                        progress?.Report(new UploadProgress(sent, total, there.Name));
                    }
                }
            }
        }
    }
}
