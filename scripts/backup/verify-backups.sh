#!/usr/bin/env bash
# Brings of each component a backup back into something that is thrown away, that which nobody looked at for longest,
# and says whether it is sound. Ends with 5 where one is not.
#   scripts/backup/verify-backups.sh [--all] [--json]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../lib/program.sh"

syncwatch=$(program)
exec "$syncwatch" backup verify --level restore "$@"
