#nullable enable
using System;
using System.Security.Authentication;

namespace Showfloor.Http
{
    /// <summary>The failures of transports, for those who write one.</summary>
    public static class HttpErrors
    {
        /// <summary>The server could not be reached, or its certificate is not trusted.</summary>
        public static ShowfloorException Unreachable(Uri address, Exception? inner = null)
        {
            string server = address.GetLeftPart(UriPartial.Authority);
            for (Exception? cause = inner; cause != null; cause = cause.InnerException)
            {
                if (cause is AuthenticationException)
                {
                    return new ShowfloorException(
                        RpcStatus.Unauthenticated,
                        "CERTIFICATE_NOT_TRUSTED",
                        "The certificate of " + server + " is not trusted.",
                        "Check the address, or give the CA that signed the certificate.",
                        inner);
                }
            }
            string why = inner is null ? "" : ": " + Innermost(inner).Message.TrimEnd('.');
            return new ShowfloorException(
                RpcStatus.Unavailable,
                "SERVER_UNREACHABLE",
                "No server answers at " + server + why + ".",
                "Check the address and that the server runs; then try again.",
                inner);
        }

        /// <summary>The connection was lost in the middle of a response.</summary>
        public static ShowfloorException Lost(Exception? inner = null) => new ShowfloorException(
            RpcStatus.Unavailable,
            "CONNECTION_LOST",
            "The connection was lost before the response ended.",
            "Try again.",
            inner);

        private static Exception Innermost(Exception error)
        {
            while (error.InnerException != null)
            {
                error = error.InnerException;
            }
            return error;
        }
    }
}
