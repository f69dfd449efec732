#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NUnit.Framework;
using Showfloor.Editor;
using UnityEngine;

namespace Showfloor.Tests
{
    [TestFixture]
    public class ConversionTests
    {
        [Test]
        public void TheBarOfAConversionNeverGoesBack()
        {
            var told = new List<ConversionProgress>();
            var report = new ConversionReport(new Told(told.Add));
            report.Uploading(0.5, "a.jpg");
            report.Uploading(1, "b.jpg");
            report.Converting(0, "waiting", null);
            report.Uploading(1, "late");
            report.Converting(0.8, "surface", null);
            report.Converting(0.1, "the worker has begun again", null);
            report.Downloading(0, "0 MB");
            report.Importing(1, "done");
            CollectionAssert.IsOrdered(told.Select(t => t.Overall).ToList());
            Assert.AreEqual(1, told.Last().Overall);
            Assert.IsFalse(told.Any(t => t.Message == "late"));
        }

        [Test]
        public void AConversionBegunAgainTakesUpItsJob()
        {
            var options = new ConversionOptions { Profile = "quest3", Side = KnownSide.Height, SideCm = 12 };
            var first = new PendingRequest("cap_1", options);
            Assert.AreEqual(first.Id, new PendingRequest("cap_1", options).Id, "after a domain reload");
            Assert.AreNotEqual(first.Id, new PendingRequest("cap_2", options).Id);
            options.SideCm = 13;
            Assert.AreNotEqual(first.Id, new PendingRequest("cap_1", options).Id);
            options.SideCm = 12;
            first.End();
            Assert.AreNotEqual(first.Id, new PendingRequest("cap_1", options).Id, "it has ended");
            Assert.IsTrue(PendingRequest.Survives(Known(RpcStatus.Cancelled, "CHANNEL_CLOSED")));
            Assert.IsTrue(PendingRequest.Survives(Known(RpcStatus.Unavailable, "SERVER_UNREACHABLE")));
            Assert.IsFalse(PendingRequest.Survives(Known(RpcStatus.FailedPrecondition, "ALL_BLURRED")));
            Assert.IsFalse(PendingRequest.Survives(new OperationCanceledException()));
        }

        [Test]
        public void TheServerIsFoundWhereInstallersPutIt()
        {
            string project = Path.Combine(Path.GetTempPath(), "showfloor-" + Guid.NewGuid().ToString("N"));
            string command = "showfloor-" + Guid.NewGuid().ToString("N");
            string bin = Path.Combine(project, ".venv", "bin");
            Directory.CreateDirectory(bin);
            Application.dataPath = Path.Combine(project, "Assets");
            try
            {
                Assert.AreEqual(command, LocalServer.Locate(command), "left as it is: the failure names it");
                File.WriteAllText(Path.Combine(bin, command), "");
                Assert.AreEqual(Path.Combine(bin, command), LocalServer.Locate(command));
                Assert.AreEqual("/opt/x/showfloor", LocalServer.Locate("/opt/x/showfloor"));
            }
            finally
            {
                Application.dataPath = "Assets";
                Directory.Delete(project, true);
            }
        }

        private static ShowfloorException Known(RpcStatus status, string code) => new ShowfloorException(status, code, "m", "f");

        private sealed class Told : IProgress<ConversionProgress>
        {
            private readonly Action<ConversionProgress> _tell;

            public Told(Action<ConversionProgress> tell) => _tell = tell;

            public void Report(ConversionProgress value) => _tell(value);
        }
    }
}
