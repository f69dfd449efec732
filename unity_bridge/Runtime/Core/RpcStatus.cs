#nullable enable

namespace Showfloor
{
    /// <summary>How a call ended, in gRPC's terms.</summary>
    public enum RpcStatus
    {
        /// <summary>It succeeded.</summary>
        Ok = 0,

        /// <summary>Somebody cancelled it, or the channel was closed.</summary>
        Cancelled = 1,

        /// <summary>What answered did not say what was wrong.</summary>
        Unknown = 2,

        /// <summary>The request is wrong whatever the state of the server.</summary>
        InvalidArgument = 3,

        /// <summary>It took longer than it was allowed to.</summary>
        DeadlineExceeded = 4,

        /// <summary>There is no such thing.</summary>
        NotFound = 5,

        /// <summary>There is such a thing already.</summary>
        AlreadyExists = 6,

        /// <summary>The API key does not allow it.</summary>
        PermissionDenied = 7,

        /// <summary>A limit is reached.</summary>
        ResourceExhausted = 8,

        /// <summary>Not in this state.</summary>
        FailedPrecondition = 9,

        /// <summary>Somebody else changed it meanwhile.</summary>
        Aborted = 10,

        /// <summary>Beyond the end.</summary>
        OutOfRange = 11,

        /// <summary>The server does not have this call.</summary>
        Unimplemented = 12,

        /// <summary>A mistake of the server, or bytes that make no sense.</summary>
        Internal = 13,

        /// <summary>The server is away or the connection was lost; trying again may help.</summary>
        Unavailable = 14,

        /// <summary>Data is lost.</summary>
        DataLoss = 15,

        /// <summary>No API key, or a wrong one.</summary>
        Unauthenticated = 16,
    }
}
