#nullable enable
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using UnityEngine.Networking;

namespace Showfloor.Unity.Http
{
    /// <summary>Accepts exactly the certificates whose SHA-256 is listed, for a server with a certificate of your own.
    /// Unity shows only the server's own certificate to a handler, not its chain, so it is pinned and not a CA.</summary>
    public sealed class PinnedCertificate : CertificateHandler
    {
        private readonly HashSet<string> _pins = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        /// <summary>Accepts the certificates with these fingerprints.</summary>
        /// <param name="sha256">SHA-256 of the certificate in DER, 64 hex digits; colons are ignored.</param>
        /// <exception cref="ShowfloorException">PIN_INVALID.</exception>
        public PinnedCertificate(IEnumerable<string> sha256)
        {
            foreach (string pin in sha256)
            {
                string hex = pin.Replace(":", "").Trim();
                if (!IsSha256(hex))
                {
                    throw new ShowfloorException(
                        RpcStatus.InvalidArgument,
                        "PIN_INVALID",
                        "'" + pin + "' is not the SHA-256 of a certificate.",
                        "Give 64 hex digits: openssl x509 -in server.pem -noout -fingerprint -sha256.");
                }
                _pins.Add(hex);
            }
        }

        /// <inheritdoc/>
        protected override bool ValidateCertificate(byte[] certificateData)
        {
            using (var sha = SHA256.Create())
            {
                string hex = BitConverter.ToString(sha.ComputeHash(certificateData)).Replace("-", "");
                return _pins.Contains(hex);
            }
        }

        private static bool IsSha256(string hex)
        {
            foreach (char c in hex)
            {
                if (!Uri.IsHexDigit(c))
                {
                    return false;
                }
            }
            return hex.Length == 64;
        }
    }
}
