using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Showfloor.Core.Tests")]
[assembly: InternalsVisibleTo("Showfloor.Tests")]
[assembly: InternalsVisibleTo("Showfloor.Unity.Tests")]
