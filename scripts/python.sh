#!/usr/bin/env bash
# Prints the Python that the environment is made with.
for candidate in ${PYTHON:-} python3.11 python3.12 python3; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then
    command -v "$candidate"
    exit 0
  fi
done
echo "Showfloor needs Python 3.11 or 3.12; name it with: make PYTHON=/path/to/python3.11" >&2
exit 3
