#!/usr/bin/env bash
# Sees to the programs and libraries outside Python: says what is missing, and installs it where apt may be used.
#   scripts/system.sh          what Showfloor needs to run
#   scripts/system.sh tests    what some tests need beside it; they are skipped where it cannot be had
set -euo pipefail

missing=()
need() { missing+=("$1"); }

if [ "${1:-}" = tests ]; then
  command -v chromium >/dev/null || need chromium
  compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || need postgresql
  pgvector=$(apt-cache pkgnames postgresql- 2>/dev/null | grep -E '^postgresql-[0-9]+-pgvector$' | sort -V | tail -1 || true)
  if [ -n "$pgvector" ]; then dpkg -s "$pgvector" >/dev/null 2>&1 || need "$pgvector"; fi  # Debian 13, Ubuntu 24.04
  command -v unzip >/dev/null || need unzip
else
  python=$("$(dirname "$0")/python.sh" 2>/dev/null || true)
  if [ -z "$python" ]; then
    if apt-cache show python3.11-venv >/dev/null 2>&1; then need python3.11-venv; else need python3.12-venv; fi
  elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    need "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
  fi
  command -v npm >/dev/null || need npm
  command -v node >/dev/null || need nodejs
  libraries=$(ldconfig -p 2>/dev/null || true)
  if [ -n "$libraries" ]; then
    for pair in libGL.so.1:libgl1 libEGL.so.1:libegl1 libX11.so.6:libx11-6 libgomp.so.1:libgomp1 libusb-1.0.so.0:libusb-1.0-0; do
      grep -q "${pair%%:*}" <<<"$libraries" || need "${pair##*:}"
    done
  fi
fi

if [ ${#missing[@]} -gt 0 ]; then
  sudo=()
  if [ "$(id -u)" != 0 ]; then sudo=(sudo -n); fi
  if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    echo "Installing ${missing[*]}"
    "${sudo[@]}" apt-get update -q || true
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" || failed=1
  else
    failed=1
  fi
  if [ -n "${failed:-}" ] && [ "${1:-}" = tests ]; then
    echo "Tests that need one of these are skipped, because it could not be installed: ${missing[*]}"
  elif [ -n "${failed:-}" ]; then
    echo "Showfloor needs these system packages, and could not install them: ${missing[*]}" >&2
    echo "Install them (Debian, Ubuntu: sudo apt-get install ${missing[*]}) and run the same command again." >&2
    exit 3
  fi
fi

version=$(node --version | sed 's/^v//; s/\..*//')
if [ "$version" -lt 18 ]; then
  echo "Showfloor needs Node 18 or newer; $(command -v node) is $(node --version). See https://nodejs.org." >&2
  exit 3
fi
