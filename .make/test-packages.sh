#!/bin/sh
# What some tests look at the product with: a browser for the officers' page, an office for its workbooks. From the
# system's packages, where that asks nobody anything; otherwise these tests say why they are left out.
set -eu
missing=
for name in chromium chromium-browser google-chrome google-chrome-stable ${GIAMNGHEO_CHROMIUM:-}; do
    ! command -v "$name" >/dev/null || { chromium=there; break; }
done
[ "${chromium:-}" = there ] || missing="$missing chromium"
command -v soffice >/dev/null || command -v libreoffice >/dev/null || missing="$missing libreoffice-calc-nogui"
[ -n "$missing" ] || exit 0

as_root=none
[ "$(id -u)" != 0 ] || as_root=env
[ $as_root != none ] || ! sudo -n true 2>/dev/null || as_root="sudo -n env"
if [ "$as_root" != none ] && command -v apt-get >/dev/null; then
    printf '• %s\n' "Cài cho phép thử / installing for the tests:$missing"
    $as_root apt-get update -qq >/dev/null 2>&1 || true
    for package in $missing; do
        $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
            >/dev/null 2>&1 || printf '• %s\n' "Không cài được $package, bỏ qua phép thử cần nó / $package is not to be had"
    done
fi
exit 0
