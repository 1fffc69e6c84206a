#!/usr/bin/env bash
# Backs PostgreSQL up now, into the repositories that the plan names. Takes what syncwatch backup run takes.
#   scripts/backup/backup-postgres.sh [--kind full] [--json]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../lib/program.sh"

syncwatch=$(program)
exec "$syncwatch" backup run --component pg "$@"
