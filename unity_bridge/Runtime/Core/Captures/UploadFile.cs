#nullable enable
using System;
using System.IO;

namespace Showfloor.Captures
{
    /// <summary>A file to upload.</summary>
    public sealed class UploadFile
    {
        /// <summary>A file from anywhere.</summary>
        /// <param name="name">Name in the capture: "0001.jpg", or with folders: "color/0001.jpg".</param>
        /// <param name="length">Bytes.</param>
        /// <param name="open">Opens it for reading from its start; called several times.</param>
        public UploadFile(string name, long length, Func<Stream> open)
        {
            Name = name;
            Length = length;
            Open = open;
        }

        /// <summary>Name in the capture.</summary>
        public string Name { get; }

        /// <summary>Bytes.</summary>
        public long Length { get; }

        /// <summary>Opens it for reading from its start.</summary>
        public Func<Stream> Open { get; }

        /// <summary>A file on disk.</summary>
        /// <param name="path">Where it is.</param>
        /// <param name="name">Name in the capture. Default: its own.</param>
        /// <exception cref="ShowfloorException">FILE_UNREADABLE.</exception>
        public static UploadFile FromPath(string path, string? name = null)
        {
            try
            {
                long length = new FileInfo(path).Length;
                return new UploadFile(name ?? Path.GetFileName(path), length, () => File.OpenRead(path));
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                throw Unreadable(path, error);
            }
        }

        internal static ShowfloorException Unreadable(string name, Exception inner) => new ShowfloorException(
            RpcStatus.InvalidArgument,
            "FILE_UNREADABLE",
            name + " cannot be read: " + inner.Message.TrimEnd('.') + ".",
            "Check the file and its rights.",
            inner);

        internal static ShowfloorException Changed(string name) => new ShowfloorException(
            RpcStatus.InvalidArgument,
            "FILE_CHANGED",
            name + " changed while it was uploaded.",
            "Upload it again once it is complete.");
    }

    /// <summary>How far an upload is.</summary>
    public readonly struct UploadProgress
    {
        internal UploadProgress(long sent, long total, string file)
        {
            SentBytes = sent;
            TotalBytes = total;
            File = file;
        }

        /// <summary>Bytes that the server has.</summary>
        public long SentBytes { get; }

        /// <summary>Bytes of all files.</summary>
        public long TotalBytes { get; }

        /// <summary>File that is being sent.</summary>
        public string File { get; }

        /// <summary>0 to 1.</summary>
        public double Fraction => TotalBytes == 0 ? 1 : (double)SentBytes / TotalBytes;
    }
}
