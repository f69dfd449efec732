using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Showfloor.Unity.Tests")]
