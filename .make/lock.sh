#!/bin/sh
# Resolves pyproject.toml into the lock files: `.make/lock.sh` writes them, `.make/lock.sh --check` only compares.
# Universal: one file for Python 3.11 to 3.14 and every platform, with the hashes of all wheels.
set -eu
cd "$(dirname "$0")/.."

# The declared dependencies a lock was made for. Comparing these needs no network and no moment in time:
# that a newer version came out yesterday does not make the lock wrong.
declared() {
    .venv/bin/python - <<'PY'
import hashlib, json, tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
named = [project["requires-python"], sorted(project["dependencies"]), sorted(project["optional-dependencies"]["dev"])]
print(hashlib.sha256(json.dumps(named).encode()).hexdigest())
PY
}

if [ "${1:-}" = --check ]; then
    grep -q "^# made for: $(declared)$" requirements.lock && grep -q "^# made for: $(declared)$" requirements-dev.lock ||
        { echo "✗ Tệp lock không khớp pyproject.toml: chạy make lock / the lock files are out of date" >&2; exit 1; }
    exit 0
fi

tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
.venv/bin/python -m venv "$tool"
"$tool/bin/pip" install -qq --disable-pip-version-check uv
# Without --upgrade, known versions stay: a lock changes only where somebody wanted it. `make lock UPGRADE=1` renews all.
resolve() {
    out=$1
    shift
    "$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links ${UPGRADE:+--upgrade} pyproject.toml "$@" --output-file "$out"
    { echo "# made for: $(declared)"; grep -v '^# made for: ' "$out"; } >"$out.new"
    mv "$out.new" "$out"
}
resolve requirements.lock
resolve requirements-dev.lock --extra dev --constraints requirements.lock
