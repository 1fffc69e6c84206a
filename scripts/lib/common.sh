# Shared by the scripts: where the project is, how they speak, how they become root. Sourced.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

# Progress goes to stderr, so that results on stdout stay clean.
say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'HINT: %s\n' "$2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing packages needs root: $*" "Run this as root, or install sudo."
    fi
}

# A key of everything that a step depends on: the files under the paths given, contents included.
fingerprint() {
    find "$@" -type d \( -name node_modules -o -name dist \) -prune -o -type f -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# once NAME FINGERPRINT COMMAND…: runs the command unless it succeeded before for this fingerprint.
once() {
    local name=$1 wanted=$2 stamp=build/stamps/$1
    shift 2
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return 0; fi
    "$@"
    mkdir -p build/stamps
    echo "$wanted" >"$stamp"
}
