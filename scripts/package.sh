#!/usr/bin/env bash
# Installs what is missing, builds, and makes the Debian package for the release of Debian that this runs on.
#   scripts/package.sh             build/package/syncwatch_VERSION_ARCHITECTURE.deb; prints its path
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. scripts/lib/packages.sh
. scripts/lib/node.sh
. scripts/lib/build.sh

[ $# -eq 0 ] || die "unknown argument: $1" "$(sed -n '3s/^# *//p' "$0")"
install_packages run build package
build_web
[ -f build/release/build.ninja ] || configure_options=(-DSW_TESTS=OFF)
build release syncwatch
say "packing"
rm -rf build/package
cpack --config build/release/CPackConfig.cmake -G DEB -B build/package >build/package.log 2>&1 || {
    cat build/package.log >&2
    die "cpack could not make the package" "See the lines above."
}
ls "$root"/build/package/*.deb
