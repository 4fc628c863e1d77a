#!/bin/sh
# Makes or refreshes .venv from a lock file, with hashes: `.make/venv.sh requirements.lock`.
# A stamp holds the hash of the lock it was made from, so that a start without changes costs nothing.
set -eu
cd "$(dirname "$0")/.."
lock=$1
venv=.venv

say() { printf '\033[2m•\033[0m %s\n' "$*"; }
refuse() { printf '✗ %s\n' "$@" >&2; exit 1; }

# The run-time lock is a part of the development lock: a full environment serves for both.
stamp_of() { cat "$1" .make/venv.sh | sha256sum | cut -c1-64; }
if [ -x $venv/bin/python ] && [ -f $venv/stamp ]; then
    made=$(cat $venv/stamp)
    [ "$made" = "$(stamp_of "$lock")" ] && exit 0
    [ "$made" = "$(stamp_of requirements-dev.lock)" ] && exit 0
fi

# The newest Python that we know to work, and of that version the system's: distributions build theirs with
# optimizations, version switchers often without, and then the service takes a tenth more of the processor. One that
# lacks venv comes after one that has it. PYTHON=… names another one. (Apple's /usr/bin/python3 only offers to install.)
fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }
python= lacking= system=
[ -n "${PYTHON:-}" ] || [ "$(uname)" != Linux ] || system=/usr/bin/
for name in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
    # By running it: a name on the PATH may belong to a version switcher that has no such version.
    for place in ${system:+$system$name} $name; do
        fits "$place" || continue
        has_venv "$place" && python=$place && break 2
        lacking=${lacking:-$place}
    done
    python=$lacking
    [ -z "$python" ] || break
done
[ -n "$python" ] || refuse \
    "Cần Python 3.11 trở lên, máy này có: $(python3 --version 2>&1 || echo 'không có python3')." \
    "Cài đặt: apt-get install python3 (Debian 12, Ubuntu 24.04 trở lên), hoặc PYTHON=/đường/dẫn/python make run" \
    "Python 3.11 or newer is needed."

# Debian and Ubuntu put venv and pip into a package of their own.
if ! has_venv "$python"; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    # An ordinary user is only helped where sudo asks nothing: a password prompt in the middle of make would be a trap.
    as_root=none
    [ "$(id -u)" != 0 ] || as_root=env
    [ $as_root != none ] || ! sudo -n true 2>/dev/null || as_root="sudo -n env"
    if [ "$as_root" != none ] && command -v apt-get >/dev/null; then
        say "Cài gói python3-venv của hệ thống / installing python3-venv"
        $as_root apt-get update -qq >/dev/null
        $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "python$version-venv" >/dev/null 2>&1 ||
            $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    fi
    has_venv "$python" || refuse \
        "Python $version của máy này thiếu venv. Hãy chạy:  sudo apt-get update && sudo apt-get install -y python$version-venv" \
        "Python lacks venv: run the command above, then again."
fi

base() { "$1" -c 'import os, sys; print(os.path.realpath(sys._base_executable))' 2>/dev/null; }
if [ ! -f $venv/stamp ] || [ "$(base $venv/bin/python)" != "$(base "$python")" ] ||
    ! $venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "Tạo môi trường $venv bằng $("$python" --version) / making the virtual environment"
    "$python" -m venv --clear $venv
fi
rm -f $venv/stamp
say "Cài các gói từ $lock / installing the locked packages (lần đầu khoảng một phút)"
$venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: \
    --requirement "$lock"

# The checkout itself is put on the path instead of being installed: nothing to build, nothing unlocked to fetch,
# and what runs is always what stands in the files.
site=$($venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd >"$site/giamngheo.pth"
cat >$venv/bin/giamngheo <<SCRIPT
#!/bin/sh
# -P: an \`api\` folder that happens to lie where the person stands is not ours
exec "$(pwd)/$venv/bin/python" -P -c 'import sys; sys.argv[0] = "giamngheo"; from api.cli import app; app()' "\$@"
SCRIPT
chmod +x $venv/bin/giamngheo
stamp_of "$lock" >$venv/stamp
