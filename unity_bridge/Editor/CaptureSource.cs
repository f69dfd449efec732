#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using Showfloor.Captures;
using Showfloor.V1;

namespace Showfloor.Editor
{
    /// <summary>What was dropped: photos, a folder of photos, or a video, of one product.</summary>
    public sealed class CaptureSource
    {
        private static readonly HashSet<string> Photos = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            ".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif",
        };

        private static readonly HashSet<string> Videos = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            ".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".3gp",
        };

        private CaptureSource(string name, CaptureKind kind, List<UploadFile> files)
        {
            Name = name;
            Kind = kind;
            Files = files;
        }

        /// <summary>Name for people, from the folder or the file.</summary>
        public string Name { get; }

        /// <summary>What it is.</summary>
        public CaptureKind Kind { get; }

        /// <summary>What is uploaded.</summary>
        public IReadOnlyList<UploadFile> Files { get; }

        /// <summary>Bytes of all files.</summary>
        public long Bytes
        {
            get
            {
                long sum = 0;
                foreach (UploadFile file in Files)
                {
                    sum += file.Length;
                }
                return sum;
            }
        }

        /// <summary>For people: "36 photos, 48.2 MB".</summary>
        public string Summary
        {
            get
            {
                string what = Kind == CaptureKind.Video ? "1 video"
                    : Kind == CaptureKind.Rgbd ? Files.Count + " colour and depth images"
                    : Files.Count == 1 ? "1 photo (the result is a relief)" : Files.Count + " photos";
                return what + ", " + (Bytes / 1e6).ToString("0.0") + " MB";
            }
        }

        /// <summary>Reads what paths hold: photos, one folder, or one video.</summary>
        /// <exception cref="ShowfloorException">NO_FILES, SEVERAL_PRODUCTS, INPUT_UNSUPPORTED, INPUT_NOT_FOUND,
        /// FILE_UNREADABLE.</exception>
        public static CaptureSource FromPaths(IReadOnlyList<string> paths)
        {
            if (paths.Count == 0)
            {
                throw Wrong("NO_FILES", "Nothing was chosen.", "Drop photos of one product, a folder of them, or a video.");
            }
            if (paths.Count == 1 && Directory.Exists(paths[0]))
            {
                return FromFolder(paths[0]);
            }
            var photos = new List<string>();
            var videos = new List<string>();
            foreach (string path in paths)
            {
                if (Directory.Exists(path))
                {
                    throw Wrong("SEVERAL_PRODUCTS", "Several folders are several products.", "Drop one, or use Showfloor > Batch Import.");
                }
                if (!File.Exists(path))
                {
                    throw Wrong("INPUT_NOT_FOUND", "There is no " + path + ".", "Check the path.");
                }
                string suffix = Path.GetExtension(path);
                if (!Photos.Contains(suffix) && !Videos.Contains(suffix))
                {
                    throw Wrong(
                        "INPUT_UNSUPPORTED",
                        Path.GetFileName(path) + " is neither photo nor video.",
                        "Photos: JPEG, PNG, WebP, TIFF, BMP, HEIC. Videos: MP4, MOV, WebM and others.");
                }
                (Videos.Contains(suffix) ? videos : photos).Add(path);
            }
            if (videos.Count > 1 || (videos.Count == 1 && photos.Count > 0))
            {
                throw Wrong("SEVERAL_PRODUCTS", "A capture is either photos or one video.", "Drop one of them.");
            }
            string first = paths[0];
            return videos.Count == 1
                ? Make(Path.GetFileNameWithoutExtension(first), CaptureKind.Video, videos, null)
                : Make(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(first)) ?? first), Kind1(photos.Count), photos, null);
        }

        /// <summary>Whether a folder holds a capture rather than folders of several.</summary>
        public static bool IsCapture(string folder)
        {
            foreach (string path in Directory.GetFiles(folder))
            {
                if (Photos.Contains(Path.GetExtension(path)) || Videos.Contains(Path.GetExtension(path)))
                {
                    return true;
                }
            }
            return IsRgbd(folder);
        }

        private static CaptureSource FromFolder(string folder)
        {
            string name = Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
            if (IsRgbd(folder))
            {
                var all = new List<string>(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
                all.RemoveAll(path => Path.GetFileName(path).StartsWith(".", StringComparison.Ordinal));
                return Make(name, CaptureKind.Rgbd, all, folder);
            }
            var photos = new List<string>();
            var videos = new List<string>();
            foreach (string path in Directory.GetFiles(folder))
            {
                if (Photos.Contains(Path.GetExtension(path)))
                {
                    photos.Add(path);
                }
                else if (Videos.Contains(Path.GetExtension(path)))
                {
                    videos.Add(path);
                }
            }
            if (photos.Count == 0 && videos.Count == 1)
            {
                return Make(name, CaptureKind.Video, videos, null);
            }
            if (photos.Count == 0)
            {
                throw Wrong("NO_FILES", folder + " holds no photo.", "Choose the folder in which the photos of one product lie.");
            }
            return Make(name, Kind1(photos.Count), photos, null);
        }

        private static bool IsRgbd(string folder) =>
            Directory.Exists(Path.Combine(folder, "color")) && Directory.Exists(Path.Combine(folder, "depth"));

        private static CaptureKind Kind1(int photos) =>
            photos == 1 ? CaptureKind.SinglePhoto : CaptureKind.Photos;

        private static CaptureSource Make(string name, CaptureKind kind, List<string> paths, string? root)
        {
            paths.Sort(StringComparer.Ordinal);
            var files = new List<UploadFile>();
            foreach (string path in paths)
            {
                string inside = root is null ? Path.GetFileName(path) : path.Substring(root.Length).TrimStart('/', '\\').Replace('\\', '/');
                files.Add(UploadFile.FromPath(path, inside));
            }
            return new CaptureSource(name, kind, files);
        }

        private static ShowfloorException Wrong(string code, string message, string fix) =>
            new ShowfloorException(RpcStatus.InvalidArgument, code, message, fix);
    }
}
