#nullable enable
using System.Threading.Tasks;
using Showfloor.Scene;
using UnityEngine;
#if SHOWFLOOR_GLTFAST
using GLTFast;
#endif

namespace Showfloor.Unity.Models
{
    /// <summary>Keeps loading within its share of each frame: work that would pass it waits for the next one. One agent for
    /// all loads, so that several at once share the budget.</summary>
    public sealed class FrameBudgetAgent
#if SHOWFLOOR_GLTFAST
        : IDeferAgent
#endif
    {
        private readonly FrameBudget _budget;
        private int _frame = -1;

        /// <summary>An agent.</summary>
        /// <param name="milliseconds">Per frame, above 0.</param>
        public FrameBudgetAgent(float milliseconds)
            : this(new FrameBudget(milliseconds))
        {
        }

        internal FrameBudgetAgent(FrameBudget budget) => _budget = budget;

        /// <summary>Milliseconds of a frame that loading may take.</summary>
        public double Milliseconds => _budget.Milliseconds;

        /// <summary>Whether the rest shall wait for the next frame.</summary>
        public bool ShouldDefer()
        {
            Begin();
            return _budget.IsSpent;
        }

        /// <summary>Whether work shall wait for the next frame. Work that is longer than the whole budget is done at the
        /// start of a frame, since waiting would not help.</summary>
        /// <param name="duration">Predicted length of the work, seconds.</param>
        public bool ShouldDefer(float duration)
        {
            bool first = Begin();
            return !first && !_budget.Fits(duration * 1000.0);
        }

        /// <summary>Waits for the next frame where the budget is spent.</summary>
        public async Task BreakPoint()
        {
            if (ShouldDefer())
            {
                await Task.Yield();
            }
        }

        /// <summary>Waits for the next frame where work of this length, in seconds, does not fit any more.</summary>
        public async Task BreakPoint(float duration)
        {
            if (ShouldDefer(duration))
            {
                await Task.Yield();
            }
        }

        private bool Begin()
        {
            int now = Time.frameCount;
            if (now == _frame)
            {
                return false;
            }
            _frame = now;
            _budget.NewFrame();
            return true;
        }
    }
}
