#nullable enable
using System;
using System.Globalization;
using UnityEditor;

namespace Showfloor.Editor
{
    /// <summary>Id of a request whose job may still run: the same conversion begun again after a domain reload, or after the
    /// server was away, goes on with that job instead of a second one. Kept until the editor ends.</summary>
    internal sealed class PendingRequest
    {
        private readonly string _key;

        public PendingRequest(string captureId, ConversionOptions options)
        {
            string side = options.Side + " " + options.SideCm.ToString("R", CultureInfo.InvariantCulture);
            _key = string.Join("\n", "Showfloor.Request", captureId, options.Profile, side, options.ProductId);
            Id = SessionState.GetString(_key, "");
            if (Id.Length == 0)
            {
                Id = Guid.NewGuid().ToString();
                SessionState.SetString(_key, Id);
            }
        }

        /// <summary>For the server.</summary>
        public string Id { get; }

        /// <summary>Whether the job goes on although this side has failed.</summary>
        public static bool Survives(Exception error) =>
            error is ShowfloorException known && (known.Transient || known.Code == "CHANNEL_CLOSED");

        /// <summary>The job has ended, or its result is taken.</summary>
        public void End() => SessionState.EraseString(_key);
    }
}
