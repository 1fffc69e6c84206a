#!/usr/bin/env bash
# Every test of every kind; the last line says "N passed, N failed".
#   scripts/test.sh                  all suites that fit a change (under 40 minutes on two cores)
#   scripts/test.sh --long           also what takes hours: optimised unit tests, long fuzzing, all of clang-tidy
#   scripts/test.sh --only NAME…     some suites: style web unit integration journeys tsan asan fuzz
# What a test program printed is in build/reports/.
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. scripts/lib/packages.sh
. scripts/lib/node.sh
. scripts/lib/build.sh
. scripts/lib/ahead.sh
. scripts/lib/suites.sh

long=no
wanted=()
while [ $# -gt 0 ]; do
    case $1 in
    --long) long=yes ;;
    --only)
        shift
        while [ $# -gt 0 ] && [[ $1 != --* ]]; do
            wanted+=("$1")
            shift
        done
        continue
        ;;
    -h | --help)
        sed -n '2,6s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *) die "unknown argument: $1" "scripts/test.sh --help lists them." ;;
    esac
    shift
done
export SYNCWATCH_LONG_TESTS=$long
if [ ${#wanted[@]} -eq 0 ]; then
    # Those that wait most come first: build_for builds for the others meanwhile.
    wanted=(style web integration journeys tsan asan fuzz)
    if [ $long = yes ]; then wanted+=(unit); fi
fi

rm -rf build/results build/reports
mkdir -p build/results build/reports
install_packages run build package test lint engines
ensure_node
configure_options=(-DSW_TESTS=ON)
trap 'trap "" INT TERM; pause_ahead' EXIT

for suite in "${wanted[@]}"; do
    declare -F "suite_$suite" >/dev/null || die "no suite is named $suite" "scripts/test.sh --help lists them."
    say "suite $suite"
    started=$SECONDS
    # A suite that breaks down is a failure of its own, and the others still run.
    if ! ("suite_$suite"); then tally line "$suite" "the suite itself" fail "it broke down, see above"; fi
    say "suite $suite took $((SECONDS - started)) s"
done
tally sum
