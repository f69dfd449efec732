#nullable enable
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity;
using UnityEditor;
using UnityEngine;

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
            using (var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) })
            {
                if (!IsRunning && !await AnswersAsync(http, address, cancellationToken))
                {
                    Launch();
                }
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
            SessionState.EraseString(ProcessState);
            if (process is null)
            {
                return;
            }
            try
            {
                // It shall end its jobs and workers by itself; Kill would not let it.
                bool windows = Application.platform == RuntimePlatform.WindowsEditor;
                Process.Start(windows
                    ? new ProcessStartInfo("taskkill", "/T /F /PID " + process.Id) { UseShellExecute = false, CreateNoWindow = true }
                    : new ProcessStartInfo("/bin/kill", "-TERM " + process.Id) { UseShellExecute = false })?.Dispose();
            }
            catch (Exception error) when (error is InvalidOperationException || error is Win32Exception)
            {
                // It has ended meanwhile.
            }
        }

        /// <summary>The command as it is started: where it is a bare name, also from where installers put it, since an editor
        /// that was not started in a terminal does not see the PATH of one.</summary>
        internal static string Locate(string command)
        {
            if (command.IndexOf('/') >= 0 || command.IndexOf('\\') >= 0)
            {
                return command;
            }
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string project = Path.GetDirectoryName(Path.GetFullPath(Application.dataPath)) ?? "";
            var folders = new List<string>((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
            foreach (string environment in new[] { Path.Combine(project, ".venv"), Path.Combine(project, "..", ".venv") })
            {
                folders.Add(Path.Combine(environment, "bin"));
                folders.Add(Path.Combine(environment, "Scripts"));
            }
            folders.Add(Path.Combine(home, ".local", "bin"));
            folders.Add("/opt/homebrew/bin");
            folders.Add("/usr/local/bin");
            foreach (string folder in folders)
            {
                foreach (string file in new[] { command, command + ".exe" })
                {
                    string path = folder.Length == 0 ? "" : Path.Combine(folder, file);
                    if (path.Length > 0 && File.Exists(path))
                    {
                        return Path.GetFullPath(path);
                    }
                }
            }
            return command;
        }

        private static void Launch()
        {
            var start = new ProcessStartInfo(Locate(Command), "serve --web-port " + WebPort) { UseShellExecute = false };
            try
            {
                Process process = Process.Start(start) ?? throw new Win32Exception("no process was made");
                SessionState.SetString(ProcessState, process.Id + " " + process.StartTime.Ticks);
            }
            catch (Exception error) when (error is Win32Exception || error is InvalidOperationException)
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
            string[] state = SessionState.GetString(ProcessState, "").Split(' ');
            if (state.Length != 2 || !int.TryParse(state[0], out int id) || !long.TryParse(state[1], out long started))
            {
                return null;
            }
            try
            {
                Process process = Process.GetProcessById(id);
                bool same = Math.Abs(process.StartTime.Ticks - started) < TimeSpan.TicksPerSecond; // ids are used again
                return process.HasExited || !same ? null : process;
            }
            catch (Exception error) when (
                error is ArgumentException || error is InvalidOperationException || error is Win32Exception)
            {
                return null;
            }
        }
    }
}
