#nullable enable
using System;

namespace Showfloor.Editor
{
    /// <summary>Failures as people read them: what was wrong, what to do, and the code to look up.</summary>
    public static class FailureText
    {
        /// <summary>Text for a failure of any kind.</summary>
        public static string Of(Exception error)
        {
            switch (error)
            {
                case ShowfloorException known:
                    return known.Message + "\n\nWhat to do: " + known.Fix + "\n(" + known.Code + Request(known) + ")";
                case OperationCanceledException _:
                    return "Cancelled.";
                case UnauthorizedAccessException _:
                case System.IO.IOException _:
                    return error.Message + "\n\nWhat to do: check that the file exists, may be read and written, and that the disk has room.\n(FILE_UNREADABLE)";
                default:
                    return error.Message + "\n\nWhat to do: this is a mistake of the package; report it with the Console's text.\n(UNEXPECTED)";
            }
        }

        private static string Request(ShowfloorException error) =>
            error.RequestId.Length > 0 ? ", request " + error.RequestId : "";
    }
}
