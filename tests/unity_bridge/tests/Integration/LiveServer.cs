#nullable enable
using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using Showfloor.Http;
using Showfloor.Rpc;

namespace Showfloor.Tests
{
    /// <summary>The Python server of this repository in a process of its own, on a fresh folder.</summary>
    internal sealed class LiveServer : IDisposable
    {
        private const int StartSeconds = 60;
        private static readonly Lazy<LiveServer> One = new Lazy<LiveServer>(() => new LiveServer());
        private readonly string _folder = Path.Combine(Path.GetTempPath(), "showfloor-" + Guid.NewGuid().ToString("n"));
        private readonly string _arguments;
        private Process? _process;

        public LiveServer(string arguments = "")
        {
            _arguments = arguments;
            AppDomain.CurrentDomain.ProcessExit += (_, __) => Dispose();
            Start();
        }

        /// <summary>One that all tests share which leave it as it is.</summary>
        public static LiveServer Shared => One.Value;

        public int Port { get; private set; }

        public JsonElement Seeded { get; private set; }

        public string Folder => _folder;

        public Uri Address => new Uri("http://127.0.0.1:" + Port);

        public void Start()
        {
            string? python = Environment.GetEnvironmentVariable("SHOWFLOOR_PYTHON");
            string? script = Environment.GetEnvironmentVariable("SHOWFLOOR_SERVE");
            if (string.IsNullOrEmpty(python) || string.IsNullOrEmpty(script))
            {
                Assert.Ignore("There is no server to test against; `make test-unity` names one.");
            }
            string port = Port == 0 ? "" : " --web-port " + Port;
            var start = new ProcessStartInfo(python!, script + " " + _folder + " " + _arguments + port)
            {
                RedirectStandardOutput = true,
            };
            _process = Process.Start(start);
            Task<string?> line = Task.Run(() => (string?)_process!.StandardOutput.ReadLine());
            if (!line.Wait(TimeSpan.FromSeconds(StartSeconds)) || line.Result is null)
            {
                throw new InvalidOperationException("The server did not start within " + StartSeconds + " s.");
            }
            Seeded = JsonDocument.Parse(line.Result).RootElement;
            Port = Seeded.GetProperty("web_port").GetInt32();
        }

        /// <summary>Ends the process without a warning, as a crash does.</summary>
        public void Kill()
        {
            _process?.Kill(true);
            _process?.WaitForExit(10000);
            _process = null;
        }

        public RpcChannel Channel(int? port = null, string key = "", IHttpTransport? transport = null) => new RpcChannel(
            new ChannelOptions(new Uri("http://127.0.0.1:" + (port ?? Port))) { ApiKey = key, Transport = transport });

        public void Dispose()
        {
            Kill();
            try
            {
                Directory.Delete(_folder, true);
            }
            catch (DirectoryNotFoundException)
            {
                // It was never made, or is gone.
            }
            catch (IOException)
            {
                // A process of the server still writes; the folder is a temporary one.
            }
        }
    }
}
