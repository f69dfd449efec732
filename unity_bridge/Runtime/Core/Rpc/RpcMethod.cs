#nullable enable
using System;
using Showfloor.Wire;

namespace Showfloor.Rpc
{
    /// <summary>One call of the contract.</summary>
    /// <typeparam name="TRequest">What it takes.</typeparam>
    /// <typeparam name="TResponse">What it answers, or each message of its stream.</typeparam>
    public sealed class RpcMethod<TRequest, TResponse>
        where TRequest : class, IMessage
        where TResponse : class, IMessage, new()
    {
        private readonly Func<TRequest, bool> _repeatable;

        /// <summary>A call.</summary>
        /// <param name="path">"package.Service/Method".</param>
        /// <param name="streams">Whether it answers a stream.</param>
        /// <param name="repeatable">Whether doing it twice with this request is like doing it once.</param>
        public RpcMethod(string path, bool streams, Func<TRequest, bool> repeatable)
        {
            Path = path;
            Streams = streams;
            _repeatable = repeatable;
        }

        /// <summary>"package.Service/Method".</summary>
        public string Path { get; }

        /// <summary>Whether it answers a stream.</summary>
        public bool Streams { get; }

        /// <summary>Whether a lost call may be made again.</summary>
        public bool MayRepeat(TRequest request) => _repeatable(request);
    }
}
