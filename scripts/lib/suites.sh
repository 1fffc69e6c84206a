# The suites of scripts/test.sh. Each records what it found with tally. Sourced.

# One at a time: each reads a file and writes it anew.
tally() { flock build/results node scripts/lib/tally.mjs "$@"; }

# record SUITE NAME COMMAND…: one test that is a command; its output is shown when it fails. It exits
# with 77 when it cannot be done here, and says why in its last line.
record() {
    local suite=$1 name=$2 log status=0
    shift 2
    log=build/reports/$suite-${name//[^A-Za-z0-9]/-}.log
    "$@" >"$log" 2>&1 || status=$?
    case $status in
    0) tally line "$suite" "$name" pass ;;
    77) tally line "$suite" "$name" skip "$(tail -1 "$log" | sed 's/\x1b\[[0-9;]*m//g')" ;;
    *)
        tail -60 "$log" >&2
        tally line "$suite" "$name" fail "see $log"
        ;;
    esac
}

# run_ctest SUITE BUILD ARGS…: the programs of one build, with GoogleTest's own account of each.
run_ctest() {
    local suite=$1 build=$2 json=$root/build/reports/$1
    shift 2
    mkdir -p "$json"
    GTEST_OUTPUT="json:$json/" ctest --test-dir "build/$build" --output-on-failure \
        --output-junit "$json.xml" --no-tests=error "$@" >"$json.log" 2>&1 || grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed' "$json.log" | tail -150 >&2
    tally ctest "$suite" "$json.xml" "$json"
}

suite_style() {
    build_web
    build_for style
    record style "C++ is formatted" scripts/lint.sh format
    record style "the web app is linted" scripts/lint.sh web
    run_ctest style release -L tidy -j "$(nproc)"
    if [ "$SYNCWATCH_LONG_TESTS" = yes ]; then record style "clang-tidy finds nothing" scripts/lint.sh tidy --all; fi
}

suite_web() {
    install_web_libraries
    record web "the web app builds" build_web
    record web "the start page is small" npm --prefix web run --silent size
    (cd web && npx --no-install vitest run --reporter=json --outputFile=../build/reports/vitest.json \
        >../build/reports/vitest.log 2>&1) || tail -80 build/reports/vitest.log >&2
    tally vitest web build/reports/vitest.json
}

# The unit tests as they are optimised for people. A change gets them from asan and tsan.
suite_unit() {
    build_web
    build_for unit
    run_ctest unit release -L 'unit|sim' -j "$(nproc)"
}

# With clang, as tsan: that takes little more than half the time of g++. The fuzzers come out of it too.
suite_asan() {
    build_for asan
    # What is freed is kept from use while 32 MB more are: ever new pages cost a quarter of the time.
    ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=32 UBSAN_OPTIONS=print_stacktrace=1 \
        run_ctest asan asan -L 'unit|sim' -j "$(nproc)"
}

suite_integration() {
    build_web
    build_for integration
    # One more than there are cores: they wait for servers most of the time.
    run_ctest integration release -L integration -j "$(($(nproc) + 1))"
}

# What people do, in real browsers against the real server; prints how far apart they saw the film.
suite_journeys() {
    build_web
    build_for journeys
    # Those that want all of the machine come last: by then the films are made, and little is left to build.
    run_journeys alone together
    pause_ahead
    run_journeys measured
    go_ahead
    grep -hE '^(skew|first frame) · ' build/reports/journeys-*.log || true
}

# run_journeys PROJECT…: those of web/tests/journeys/vitest.config.ts.
run_journeys() {
    local name=journeys-$1
    (cd web && SYNCWATCH_KEEP_REPORTS=1 npx --no-install vitest run --config tests/journeys/vitest.config.ts \
        "${@/#/--project=}" --reporter=default --reporter=json --outputFile.json="../build/reports/$name.json" \
        >"../build/reports/$name.log" 2>&1) || tail -150 "build/reports/$name.log" >&2
    tally vitest journeys "build/reports/$name.json"
}

# Where threads meet: shards, the database's writer, the bus. With --long wherever there is more than one.
suite_tsan() {
    build_for tsan
    TSAN_OPTIONS="halt_on_error=1 suppressions=$root/tests/tsan.supp" \
        run_ctest tsan tsan -L "$([ "$SYNCWATCH_LONG_TESTS" = yes ] && echo threads || echo '^threads$')" -j "$(nproc)"
}

# Each fuzzer for a while over its corpus, one on each core; what breaks it is kept in build/reports/.
suite_fuzz() {
    local seconds=5 running=0 program name
    if [ "$SYNCWATCH_LONG_TESTS" = yes ]; then seconds=1800; fi
    build_for fuzz
    for program in build/asan/fuzzers/*; do
        [ -x "$program" ] || continue
        name=$(basename "$program")
        mkdir -p "build/reports/fuzz/$name"
        record fuzz "$name" "$program" -max_total_time=$seconds -timeout=5 -rss_limit_mb=2048 \
            -artifact_prefix="build/reports/fuzz/$name-" "build/reports/fuzz/$name" "tests/fuzz/corpus/$name" &
        running=$((running + 1))
        if [ $running -ge "$(nproc)" ]; then
            wait -n
            running=$((running - 1))
        fi
    done
    wait
}
