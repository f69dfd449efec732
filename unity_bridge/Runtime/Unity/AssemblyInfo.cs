using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Showfloor.Editor")]
[assembly: InternalsVisibleTo("Showfloor.Unity.Tests")]
