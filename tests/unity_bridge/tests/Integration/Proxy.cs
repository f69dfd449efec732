#nullable enable
using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Tests
{
    /// <summary>Stands between client and server: cuts connections, or is a slow link with a delay.</summary>
    internal sealed class Proxy : IDisposable
    {
        private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
        private readonly int _port;
        private readonly ConcurrentDictionary<TcpClient, bool> _open = new ConcurrentDictionary<TcpClient, bool>();
        private readonly CancellationTokenSource _end = new CancellationTokenSource();
        private int _connections;

        public Proxy(int port)
        {
            _port = port;
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = AcceptAsync();
        }

        public int Port { get; }

        /// <summary>Bytes of the server after which a connection is cut; 0: never.</summary>
        public long CutAfterBytes { get; set; }

        /// <summary>How many connections are cut.</summary>
        public int Cuts { get; set; } = int.MaxValue;

        /// <summary>Bytes a second from the server; 0: as fast as they come.</summary>
        public double BytesPerSecond { get; set; }

        /// <summary>Delay of each direction.</summary>
        public TimeSpan Delay { get; set; }

        public int Connections => Volatile.Read(ref _connections);

        /// <summary>Connections that the client has not closed.</summary>
        public int Open => _open.Count;

        public long ServerBytes { get; private set; }

        public void Dispose()
        {
            _end.Cancel();
            _listener.Stop();
            foreach (TcpClient client in _open.Keys)
            {
                client.Dispose();
            }
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    TcpClient client = await _listener.AcceptTcpClientAsync();
                    _ = ServeAsync(client);
                }
            }
            catch (Exception error) when (error is ObjectDisposedException || error is SocketException)
            {
                // The listener was stopped.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using (client)
            using (var server = new TcpClient())
            {
                _open[client] = true;
                bool cut = Interlocked.Increment(ref _connections) <= Cuts && CutAfterBytes > 0;
                try
                {
                    client.NoDelay = server.NoDelay = true;
                    await Task.Delay(Delay + Delay); // what the handshake of a real link would take
                    await server.ConnectAsync(IPAddress.Loopback, _port);
                    Task up = CopyAsync(client.GetStream(), server.GetStream(), 0, 0);
                    Task down = CopyAsync(server.GetStream(), client.GetStream(), cut ? CutAfterBytes : 0, BytesPerSecond);
                    await Task.WhenAny(up, down);
                }
                catch (Exception error) when (error is SocketException || error is ObjectDisposedException)
                {
                    // The server is away: the client's connection ends.
                }
                client.Client.LingerState = new LingerOption(true, 0);
                _open.TryRemove(client, out _);
            }
        }

        private async Task CopyAsync(NetworkStream from, NetworkStream to, long cutAfter, double rate)
        {
            var clock = Stopwatch.StartNew();
            var queue = new BlockingCollection<(byte[] Data, long Due)>();
            Task writing = Delay > TimeSpan.Zero ? Task.Run(() => WriteAsync(queue, to)) : Task.CompletedTask;
            var buffer = new byte[rate > 0 ? 16 * 1024 : 256 * 1024];
            double sent = 0;
            long total = 0;
            try
            {
                int read;
                while ((read = await from.ReadAsync(buffer, 0, buffer.Length, _end.Token)) > 0)
                {
                    if (rate > 0)
                    {
                        sent = Math.Max(sent, clock.Elapsed.TotalSeconds) + (read / rate);
                        ServerBytes += read;
                        double wait = sent - clock.Elapsed.TotalSeconds;
                        if (wait > 0)
                        {
                            await Task.Delay(TimeSpan.FromSeconds(wait), _end.Token);
                        }
                    }
                    total += read;
                    if (cutAfter > 0 && total > cutAfter)
                    {
                        return;
                    }
                    if (Delay > TimeSpan.Zero)
                    {
                        queue.Add((buffer.AsSpan(0, read).ToArray(), clock.ElapsedTicks));
                    }
                    else
                    {
                        await to.WriteAsync(buffer, 0, read, _end.Token);
                    }
                }
            }
            catch (Exception error) when (IsEnd(error))
            {
                // One of the two has closed its connection.
            }
            finally
            {
                queue.CompleteAdding();
                await writing;
            }

            async Task WriteAsync(BlockingCollection<(byte[] Data, long Due)> pieces, NetworkStream target)
            {
                try
                {
                    foreach ((byte[] data, long due) in pieces.GetConsumingEnumerable())
                    {
                        TimeSpan wait = Delay - TimeSpan.FromSeconds((clock.ElapsedTicks - due) / (double)Stopwatch.Frequency);
                        if (wait > TimeSpan.Zero)
                        {
                            await Task.Delay(wait);
                        }
                        await target.WriteAsync(data, 0, data.Length);
                    }
                }
                catch (Exception error) when (IsEnd(error))
                {
                    // One of the two has closed its connection.
                }
            }
        }

        private static bool IsEnd(Exception error) =>
            error is System.IO.IOException || error is ObjectDisposedException || error is OperationCanceledException
            || error is InvalidOperationException;
    }
}
