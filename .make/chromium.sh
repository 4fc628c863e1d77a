#!/bin/sh
# The browser for the tests of the officers' page: from the system's packages, where that asks nobody anything.
# Without it these tests say why they are left out; nothing else needs it.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    ! command -v "$name" >/dev/null || exit 0
done
[ -z "${GIAMNGHEO_CHROMIUM:-}" ] || exit 0
as_root=none
[ "$(id -u)" != 0 ] || as_root=env
[ $as_root != none ] || ! sudo -n true 2>/dev/null || as_root="sudo -n env"
if [ "$as_root" != none ] && command -v apt-get >/dev/null; then
    printf '• %s\n' "Cài trình duyệt Chromium cho phép thử / installing chromium for the tests"
    { $as_root apt-get update -qq && $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
        >/dev/null 2>&1 || printf '• %s\n' "Không cài được Chromium, bỏ qua phép thử của trang / no Chromium, its tests are skipped"
fi
exit 0
