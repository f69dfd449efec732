#nullable enable
using System.Threading;
using System.Threading.Tasks;

namespace Showfloor.Unity.Ui
{
    /// <summary>Turns speech into text: implement it with the recogniser of your choice and set
    /// <see cref="DialoguePanel.Speech"/>. The package brings none.</summary>
    public interface ISpeechInput
    {
        /// <summary>The button is held: listen. Ends when the token is cancelled, which releasing the button does.</summary>
        /// <param name="language">BCP 47.</param>
        /// <param name="released">Cancelled when the button is released; then return what was said.</param>
        /// <returns>What was said; empty: nothing.</returns>
        Task<string> ListenAsync(string language, CancellationToken released);
    }
}
