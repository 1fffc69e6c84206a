#!/usr/bin/env bash
# How a server and all that it depends on does; ends with 0, 7 (degraded) or 4 (down).
#   scripts/health-check.sh [URL]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/program.sh"

syncwatch=$(program)
[ $# -eq 0 ] || set -- --url "$@"
exec "$syncwatch" health "$@"
