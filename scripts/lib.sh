# Sourced by scripts/run and scripts/test: one virtual environment, installed from the lock file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
      2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11, 3.12 or 3.13 is needed and was not found. Install one, or set PYTHON." >&2
  return 1
}

# install LOCK: bring .venv to what the lock file says; quick when it is there already.
install() {
  local lock=$1 python stamp
  if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version)."
    "$python" -m venv .venv
  fi
  stamp=$(cat "$lock" pyproject.toml scripts/lib.sh | .venv/bin/python -c \
    'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
  if [ "$(cat ".venv/$(basename "$lock").stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  echo "Installing what $lock names (about 1 GB to download the first time, mostly TensorFlow)."
  .venv/bin/python -m pip install --quiet --require-hashes --prefer-binary \
    --requirement "$lock" 2> >(grep -v "^WARNING: Location" >&2)
  .venv/bin/python -m pip install --quiet --no-deps --editable . \
    2> >(grep -v "^WARNING: Location" >&2)
  echo "$stamp" > ".venv/$(basename "$lock").stamp"
}
