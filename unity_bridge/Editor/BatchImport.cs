#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using UnityEditor;
using UnityEngine;
using Progress = UnityEditor.Progress;

namespace Showfloor.Editor
{
    /// <summary>What a batch made of one product.</summary>
    public sealed class BatchItem
    {
        internal BatchItem(string name, string outcome, string detail)
        {
            Name = name;
            Outcome = outcome;
            Detail = detail;
        }

        /// <summary>Name of the folder.</summary>
        public string Name { get; }

        /// <summary>"made", "skipped" or "failed".</summary>
        public string Outcome { get; }

        /// <summary>Path of the prefab, or what was wrong.</summary>
        public string Detail { get; }
    }

    /// <summary>Folders of photos to prefabs, one for each product. A failure ends its own product and no other. On a build
    /// machine: <c>Unity -batchmode -projectPath … -executeMethod Showfloor.Editor.BatchImport.Run -showfloorInput photos
    /// [-showfloorProfile quest3] [-showfloorForce]</c>, without <c>-quit</c>; exit code 0: all were made, 1: some failed,
    /// 2: wrong arguments.</summary>
    public static class BatchImport
    {
        private const int AtOnce = 2;

        /// <summary>Converts every product in a folder: each of its folders with photos or a video.</summary>
        /// <param name="folder">Folder of products.</param>
        /// <param name="options">What to make.</param>
        /// <param name="force">Whether products that have a prefab already are made again.</param>
        /// <param name="progress">Told of each product that has ended.</param>
        /// <param name="cancellationToken">Ends it and cancels the jobs on the server.</param>
        /// <exception cref="ShowfloorException">INPUT_NOT_FOUND, NO_PRODUCTS.</exception>
        public static async Task<IReadOnlyList<BatchItem>> RunAsync(
            string folder,
            ConversionOptions options,
            bool force = false,
            IProgress<BatchItem>? progress = null,
            CancellationToken cancellationToken = default)
        {
            var items = new List<BatchItem>();
            using (var slots = new SemaphoreSlim(AtOnce))
            {
                var work = new List<Task>();
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (string path in Products(folder))
                {
                    string safe = AssetFolders.SafeName(Path.GetFileName(path));
                    if (!names.Add(safe))
                    {
                        var taken = new BatchItem(
                            Path.GetFileName(path), "failed", "Another folder has the same name in Unity, " + safe + ": rename one of them.");
                        items.Add(taken);
                        progress?.Report(taken);
                        continue;
                    }
                    work.Add(OneAsync(path, options, force, slots, items, progress, cancellationToken));
                }
                await Task.WhenAll(work);
            }
            return items;
        }

        /// <summary>For build machines; see the class.</summary>
        public static async void Run()
        {
            int exit = 2;
            try
            {
                string folder = Argument("-showfloorInput", "");
                var options = new ConversionOptions { Profile = Argument("-showfloorProfile", "quest3") };
                bool force = Array.IndexOf(Environment.GetCommandLineArgs(), "-showfloorForce") >= 0;
                IReadOnlyList<BatchItem> items = await RunAsync(folder, options, force, new System.Progress<BatchItem>(Log));
                exit = 0;
                foreach (BatchItem item in items)
                {
                    exit = item.Outcome == "failed" ? 1 : exit;
                }
            }
            catch (ShowfloorException error)
            {
                Debug.LogError("Showfloor: " + FailureText.Of(error));
            }
            catch (Exception error)
            {
                exit = 1;
                Debug.LogException(error);
            }
            EditorApplication.Exit(exit);
        }

        internal static async void ChooseAndRun()
        {
            string folder = EditorUtility.OpenFolderPanel("Folder with one folder of photos for each product", "", "");
            if (folder.Length == 0)
            {
                return;
            }
            using (var cancel = new CancellationTokenSource())
            {
                int bar = Progress.Start("Showfloor batch import", folder, Progress.Options.None);
                Progress.RegisterCancelCallback(bar, () =>
                {
                    cancel.Cancel();
                    return true;
                });
                try
                {
                    int total = Products(folder).Count;
                    int ended = 0;
                    int failed = 0;
                    var told = new System.Progress<BatchItem>(item =>
                    {
                        Log(item);
                        Progress.Report(bar, ++ended / (float)total, item.Name + " " + item.Outcome);
                    });
                    IReadOnlyList<BatchItem> items = await RunAsync(
                        folder, new ConversionOptions { Profile = SettingsAsset.FindOrCreate().Profile }, false, told, cancel.Token);
                    foreach (BatchItem item in items)
                    {
                        failed += item.Outcome == "failed" ? 1 : 0;
                    }
                    Progress.Finish(bar, failed > 0 ? Progress.Status.Failed : Progress.Status.Succeeded);
                    EditorUtility.DisplayDialog(
                        "Showfloor",
                        items.Count - failed + " of " + items.Count + " products have a prefab."
                            + (failed > 0 ? "\n\nWhat to do: the Console says for each of the others what was wrong." : ""),
                        "OK");
                }
                catch (OperationCanceledException)
                {
                    Progress.Finish(bar, Progress.Status.Canceled);
                }
                catch (Exception error)
                {
                    Progress.Finish(bar, Progress.Status.Failed);
                    if (!(error is ShowfloorException))
                    {
                        Debug.LogException(error);
                    }
                    EditorUtility.DisplayDialog("Showfloor", FailureText.Of(error), "OK");
                }
            }
        }

        private static async Task OneAsync(
            string path,
            ConversionOptions options,
            bool force,
            SemaphoreSlim slots,
            List<BatchItem> items,
            IProgress<BatchItem>? progress,
            CancellationToken cancellationToken)
        {
            await slots.WaitAsync(cancellationToken);
            BatchItem item;
            string name = Path.GetFileNameWithoutExtension(path);
            try
            {
                CaptureSource source = CaptureSource.FromPaths(new[] { path });
                name = source.Name;
                string safe = AssetFolders.SafeName(name);
                string prefab = options.Prefab.Folder.TrimEnd('/') + "/" + safe + "/" + safe + ".prefab";
                if (!force && File.Exists(AssetFolders.FullPath(prefab)))
                {
                    item = new BatchItem(name, "skipped", prefab);
                }
                else
                {
                    ConversionResult result = await Conversion.RunAsync(source, options, null, cancellationToken);
                    item = new BatchItem(name, "made", result.PrefabPath);
                }
            }
            catch (Exception error) when (!(error is OperationCanceledException))
            {
                item = new BatchItem(name, "failed", FailureText.Of(error));
            }
            finally
            {
                slots.Release();
            }
            items.Add(item);
            progress?.Report(item);
        }

        private static List<string> Products(string folder)
        {
            if (!Directory.Exists(folder))
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument, "INPUT_NOT_FOUND", "There is no folder '" + folder + "'.", "Give a folder: -showfloorInput photos.");
            }
            var products = new List<string>();
            foreach (string inside in Directory.GetDirectories(folder))
            {
                if (CaptureSource.IsCapture(inside))
                {
                    products.Add(inside);
                }
            }
            if (products.Count == 0)
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument,
                    "NO_PRODUCTS",
                    folder + " holds no folder with photos.",
                    "Put the photos of each product into a folder of its own: photos/tin, photos/cup.");
            }
            products.Sort(StringComparer.Ordinal);
            return products;
        }

        private static void Log(BatchItem item)
        {
            string line = "Showfloor: " + item.Name + " " + item.Outcome + ": " + item.Detail;
            if (item.Outcome == "failed")
            {
                Debug.LogWarning(line);
            }
            else
            {
                Debug.Log(line);
            }
        }

        private static string Argument(string name, string otherwise)
        {
            string[] arguments = Environment.GetCommandLineArgs();
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }
    }
}
