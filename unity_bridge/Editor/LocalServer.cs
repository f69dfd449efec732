#nullable enable
using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity;
using UnityEditor;

namespace Showfloor.Editor
{
    /// <summary>A server on this machine, started and stopped from the menu. It outlives domain reloads and ends with the
    /// editor.</summary>
    [InitializeOnLoad]
    public static class LocalServer
    {
        private const string CommandPref = "Showfloor.ServerCommand";
        private const string PortPref = "Showfloor.ServerPort";
        private const string ProcessState = "Showfloor.ServerProcess";
        private const int DefaultPort = 8080;
        private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

        static LocalServer() => EditorApplication.quitting += Stop;

        /// <summary>Command that starts the server: "showfloor", or its full path.</summary>
        public static string Command
        {
            get => EditorPrefs.GetString(CommandPref, "showfloor");
            set => EditorPrefs.SetString(CommandPref, value);
        }

        /// <summary>Its web port.</summary>
        public static int WebPort
        {
            get => EditorPrefs.GetInt(PortPref, DefaultPort);
            set => EditorPrefs.SetInt(PortPref, value);
        }

        /// <summary>Whether the server that was started here runs.</summary>
        public static bool IsRunning => Find() != null;

        /// <summary>Starts the server, waits until it answers, and points the settings to it.</summary>
        /// <returns>For people.</returns>
        /// <exception cref="ShowfloorException">SERVER_NOT_INSTALLED, SERVER_ENDED, SERVER_UNREACHABLE.</exception>
        public static async Task<string> StartAsync(CancellationToken cancellationToken = default)
        {
            string address = "http://127.0.0.1:" + WebPort;
            if (!IsRunning)
            {
                Launch();
            }
            using (var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) })
            {
                var clock = Stopwatch.StartNew();
                while (!await AnswersAsync(http, address, cancellationToken))
                {
                    if (!IsRunning)
                    {
                        throw new ShowfloorException(
                            RpcStatus.Unavailable,
                            "SERVER_ENDED",
                            "The server ended right after its start; perhaps port " + WebPort + " or 50051 is taken.",
                            "Run `" + Command + " serve --web-port " + WebPort + "` in a terminal: it says why.");
                    }
                    if (clock.Elapsed > StartTime)
                    {
                        throw new ShowfloorException(
                            RpcStatus.Unavailable,
                            "SERVER_UNREACHABLE",
                            "The server does not answer at " + address + " after " + StartTime.TotalSeconds + " s.",
                            "Run `" + Command + " doctor` in a terminal.");
                    }
                    await Task.Delay(250, cancellationToken);
                }
            }
            ShowfloorSettings settings = SettingsAsset.FindOrCreate();
            settings.ServerUrl = address;
            EditorUtility.SetDirty(settings);
            AssetDatabase.SaveAssets();
            return "The server runs at " + address + ".";
        }

        /// <summary>Stops the server that was started here, if it runs.</summary>
        public static void Stop()
        {
            Process? process = Find();
            SessionState.EraseInt(ProcessState);
            try
            {
                process?.Kill();
            }
            catch (Exception error) when (error is InvalidOperationException || error is Win32Exception)
            {
                // It has ended meanwhile.
            }
        }

        private static void Launch()
        {
            var start = new ProcessStartInfo(Command, "serve --web-port " + WebPort) { UseShellExecute = false };
            try
            {
                Process process = Process.Start(start) ?? throw new Win32Exception("no process was made");
                SessionState.SetInt(ProcessState, process.Id);
            }
            catch (Win32Exception error)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "SERVER_NOT_INSTALLED",
                    "The command '" + Command + "' cannot be started: " + error.Message + ".",
                    "Install Showfloor for Python 3.11, and give the full path of `showfloor` in Project Settings > Showfloor.",
                    error);
            }
        }

        private static async Task<bool> AnswersAsync(HttpClient http, string address, CancellationToken cancellationToken)
        {
            try
            {
                using (HttpResponseMessage reply = await http.GetAsync(address + "/healthz", cancellationToken))
                {
                    return reply.IsSuccessStatusCode;
                }
            }
            catch (Exception error) when (error is HttpRequestException || error is TaskCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return false;
            }
        }

        private static Process? Find()
        {
            int id = SessionState.GetInt(ProcessState, 0);
            if (id == 0)
            {
                return null;
            }
            try
            {
                Process process = Process.GetProcessById(id);
                return process.HasExited ? null : process;
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
    }
}
