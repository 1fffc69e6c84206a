#!/usr/bin/env bash
# Brings PostgreSQL back in the place of the data folder, which is moved aside. First it says what would be done; with the
# word that it says then, it does it.
#   scripts/backup/restore-postgres.sh [WHAT] [--confirm WORD]
# WHAT: latest (the default), a moment with its zone (2026-11-29T16:00:00Z), a backup by its label, or a place: s3://BUCKET/…
# stands for the latest moment in the repositories of the plan, whatever file it names.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../lib/program.sh"

syncwatch=$(program)
target=(--to latest)
if [ $# -gt 0 ] && [[ $1 != --* ]]; then
    case $1 in
    latest | s3://*) ;;
    *T*:* | lsn:* | xid:* | name:* | immediate) target=(--to "$1") ;;
    *[0-9]F | *[0-9][DI]) target=(--to immediate --set "$1") ;;
    *)
        printf 'error: %s is neither a moment with its zone nor a backup\nHINT: syncwatch backup list shows what there is.\n' "$1" >&2
        exit 2
        ;;
    esac
    shift
fi
[[ " $* " == *" --confirm "* ]] || set -- --dry-run "$@"
exec "$syncwatch" restore pg --in-place "${target[@]}" "$@"
