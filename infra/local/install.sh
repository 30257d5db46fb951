#!/usr/bin/env bash
# Make the virtual environment and install the requirements, once per content of the requirement files.
# usage: install.sh PYTHON VENV REQUIREMENTS...
set -euo pipefail
python=$1 venv=$2
shift 2
requirements=$1
hash=$(cat "$@" | sha256sum | cut -d' ' -f1)

if [[ -f $venv/installed && $(<"$venv/installed") == "$hash" ]]; then
  touch "$venv/installed" # only the files' dates changed
  exit 0
fi
if ! command -v "$python" >/dev/null; then
  echo "Python 3.11 is missing: apt-get install python3.11 python3.11-venv (or: make PYTHON=/path/to/python3.11 ...)" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$python is older than 3.11: apt-get install python3.11 python3.11-venv" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "$python cannot make virtual environments: apt-get install python3.11-venv" >&2
  exit 1
fi
[[ -x $venv/bin/python ]] || "$python" -m venv "$venv"
echo "installing $requirements into $venv (once; about a minute) ..."
"$venv/bin/python" -m pip install --disable-pip-version-check -r "$requirements" |
  { grep --line-buffered -v '^Requirement already satisfied' || true; }
# Python finds the mall and its common layer without PYTHONPATH, also for commands typed by hand.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n%s\n' "$PWD" "$PWD/layers/common/python" >"$site/mall.pth"
echo "$hash" >"$venv/installed"
