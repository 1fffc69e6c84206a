#!/usr/bin/env bash
# Loses a database, a Redis and films for real, carries out the runbooks word by word, and prints how long each took, from the
# loss until the last step: a table for docs/recovery/measured.md.
#   scripts/measure-recovery.sh [FILE]     prints it, and writes it into FILE, too
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. scripts/lib/packages.sh
. scripts/lib/build.sh

install_packages run build test engines
configure_options=(-DSW_TESTS=ON)
build release syncwatch runbooks.test
rows=$(mktemp)
load=$(cut -d' ' -f1 /proc/loadavg)
trap 'rm -f "$rows"' EXIT
RECOVERY_TIMES=$rows build/release/tests/runbooks/runbooks.test >&2 || die "a runbook does not hold" "See above."
{
    printf 'Measured %s at commit %s on %s cores of %s, load average before %s.\n\n' "$(date -u '+%Y-%m-%d %H:%M UTC')" \
        "$(git rev-parse --short HEAD)" "$(nproc)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$load"
    printf '| what was lost | how much | from the loss to the last step |\n|---|---|---|\n'
    sort "$rows"
} | tee "${1:-/dev/null}"
