#nullable enable

namespace Showfloor.Wire
{
    internal static class WireErrors
    {
        public static ShowfloorException Invalid(string why) => new ShowfloorException(
            RpcStatus.Internal,
            "MESSAGE_INVALID",
            "A message cannot be read: " + why + ".",
            "Check that server and package have the same version, and that no proxy changes the bytes.");

        public static ShowfloorException TooLarge(string why) => new ShowfloorException(
            RpcStatus.ResourceExhausted,
            "MESSAGE_TOO_LARGE",
            "A message is too large: " + why + ".",
            "Send less at once.");
    }
}
