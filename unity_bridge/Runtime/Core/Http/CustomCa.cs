#nullable enable
using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Showfloor.Http
{
    /// <summary>Accepts a server whose certificate is for its name and leads to one of the given CAs.</summary>
    internal sealed class CustomCa
    {
        private static readonly Regex Pem =
            new Regex("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");

        private readonly List<X509Certificate2> _roots = new List<X509Certificate2>();

        public CustomCa(string pem)
        {
            try
            {
                foreach (Match match in Pem.Matches(pem))
                {
                    _roots.Add(new X509Certificate2(Convert.FromBase64String(match.Groups[1].Value)));
                }
            }
            catch (Exception error) when (error is FormatException || error is CryptographicException)
            {
                throw Invalid("a certificate in it is damaged", error);
            }
            if (_roots.Count == 0)
            {
                throw Invalid("it holds no certificate", null);
            }
        }

        public bool Accepts(
            HttpRequestMessage request, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            {
                return false;
            }
            return _roots.Exists(root => LeadsTo(root, certificate, chain));
        }

        /// <summary>One root at a time: two of the same name, old and new, must not hide each other.</summary>
        private static bool LeadsTo(X509Certificate2 root, X509Certificate2 certificate, X509Chain? sent)
        {
            using (var chain = new X509Chain())
            {
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
                chain.ChainPolicy.ExtraStore.Add(root);
                if (sent != null)
                {
                    foreach (X509ChainElement element in sent.ChainElements)
                    {
                        chain.ChainPolicy.ExtraStore.Add(element.Certificate);
                    }
                }
                return chain.Build(certificate)
                    && chain.ChainElements[chain.ChainElements.Count - 1].Certificate.RawData.AsSpan().SequenceEqual(root.RawData);
            }
        }

        private static ShowfloorException Invalid(string why, Exception? inner) => new ShowfloorException(
            RpcStatus.InvalidArgument,
            "CA_INVALID",
            "The CA cannot be used: " + why + ".",
            "Give PEM text with -----BEGIN CERTIFICATE-----.",
            inner);
    }
}
