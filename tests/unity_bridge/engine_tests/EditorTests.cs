#nullable enable
using System;
using System.IO;
using System.Linq;
using NUnit.Framework;
using Showfloor.Editor;
using Showfloor.V1;

namespace Showfloor.Tests
{
    [TestFixture]
    public class EditorTests
    {
        private string _folder = "";

        [SetUp]
        public void Begin()
        {
            _folder = Path.Combine(Path.GetTempPath(), "showfloor-" + Guid.NewGuid().ToString("N"), "tea tin");
            Directory.CreateDirectory(_folder);
        }

        [TearDown]
        public void End() => Directory.Delete(Path.GetDirectoryName(_folder)!, true);

        [Test]
        public void AFolderOfPhotosIsACaptureNamedAfterIt()
        {
            Put("b.JPG", 20);
            Put("a.png", 10);
            Put("notes.txt", 5);
            CaptureSource source = CaptureSource.FromPaths(new[] { _folder + Path.DirectorySeparatorChar });
            Assert.AreEqual("tea tin", source.Name);
            Assert.AreEqual(CaptureKind.Photos, source.Kind);
            CollectionAssert.AreEqual(new[] { "a.png", "b.JPG" }, source.Files.Select(f => f.Name));
            Assert.AreEqual(30, source.Bytes);
            Assert.IsTrue(CaptureSource.IsCapture(_folder));
            Assert.IsFalse(CaptureSource.IsCapture(Path.GetDirectoryName(_folder)!));
        }

        [Test]
        public void DroppedPhotosAVideoAndOnePhotoAreToldApart()
        {
            string[] photos = { Put("a.jpg", 1), Put("b.jpg", 1), Put("c.jpg", 1) };
            Assert.AreEqual(CaptureKind.Photos, CaptureSource.FromPaths(photos).Kind);
            Assert.AreEqual("tea tin", CaptureSource.FromPaths(photos).Name);
            Assert.AreEqual(CaptureKind.SinglePhoto, CaptureSource.FromPaths(photos.Take(1).ToArray()).Kind);
            CaptureSource video = CaptureSource.FromPaths(new[] { Put("turn around.mp4", 7) });
            Assert.AreEqual(CaptureKind.Video, video.Kind);
            Assert.AreEqual("turn around", video.Name);
        }

        [Test]
        public void ColourAndDepthKeepTheirFolders()
        {
            Put("color/0001.jpg", 3);
            Put("depth/0001.png", 4);
            Put("intrinsics.json", 5);
            CaptureSource source = CaptureSource.FromPaths(new[] { _folder });
            Assert.AreEqual(CaptureKind.Rgbd, source.Kind);
            CollectionAssert.AreEqual(new[] { "color/0001.jpg", "depth/0001.png", "intrinsics.json" }, source.Files.Select(f => f.Name));
        }

        [Test]
        public void WhatCannotBeConvertedIsToldWithItsFix()
        {
            Assert.AreEqual("NO_FILES", Code());
            Assert.AreEqual("NO_FILES", Code(_folder));
            Assert.AreEqual("INPUT_NOT_FOUND", Code(Path.Combine(_folder, "gone.jpg")));
            Assert.AreEqual("INPUT_UNSUPPORTED", Code(Put("a.txt", 1)));
            Assert.AreEqual("SEVERAL_PRODUCTS", Code(Put("a.mp4", 1), Put("b.mp4", 1)));
            Assert.AreEqual("SEVERAL_PRODUCTS", Code(Put("a.mp4", 1), Put("a.jpg", 1)));
            Assert.AreEqual("SEVERAL_PRODUCTS", Code(_folder, Path.GetDirectoryName(_folder)!));
        }

        [Test]
        public void FailuresAreReadByPeople()
        {
            var known = new ShowfloorException(RpcStatus.InvalidArgument, "TOO_FEW_PHOTOS", "4 photos.", "Take 30.");
            Assert.AreEqual("4 photos.\n\nWhat to do: Take 30.\n(TOO_FEW_PHOTOS)", FailureText.Of(known));
            Assert.AreEqual("Cancelled.", FailureText.Of(new OperationCanceledException()));
            StringAssert.Contains("What to do", FailureText.Of(new IOException("Disk full.")));
            StringAssert.Contains("UNEXPECTED", FailureText.Of(new InvalidOperationException("?")));
        }

        private static string Code(params string[] paths)
        {
            ShowfloorException error = Assert.Throws<ShowfloorException>(() => CaptureSource.FromPaths(paths));
            Assert.AreNotEqual("", error.Fix);
            return error.Code;
        }

        private string Put(string name, int bytes)
        {
            string path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, new byte[bytes]);
            return path;
        }
    }
}
