using System;

/// <summary>Names the product and version whose public signature a stub repeats. Stubs hold no code of that product.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Interface | AttributeTargets.Delegate)]
public sealed class StubOfAttribute : Attribute
{
    public StubOfAttribute(string source) => Source = source;

    public string Source { get; }
}
