# Builds what later suites need with the time that the present one leaves: many tests wait for servers,
# browsers and clocks. Sourced behind build.sh; a suite asks with build_for.

# build_of SUITE: the preset and the targets that it runs.
build_of() {
    case $1 in
    style) echo release tests.tidy ;;
    integration) echo release syncwatch tests.integration ;;
    journeys) echo release syncwatch fault_relay ;;
    unit) echo release tests.unit tests.sim ;;
    asan) echo asan tests.unit tests.sim ;;
    tsan) if [ "$SYNCWATCH_LONG_TESTS" = yes ]; then echo tsan tests.threads tests.more-threads; else echo tsan tests.threads; fi ;;
    fuzz) echo asan tests.fuzz ;;
    esac
}

build_suite() {
    local of
    read -ra of <<<"$(build_of "$1")"
    [ ${#of[@]} -eq 0 ] || build "${of[@]}"
}

# build_for SUITE: what it runs is there when this returns; then the builder goes on with the others.
build_for() {
    pause_ahead
    build_suite "$1"
    go_ahead
}

# The builder gets only what nobody else wants (SCHED_IDLE, sched(7)): it holds no test up. It starts when
# the first suite has what it needs, the web app included. What it cannot build, the suite will tell.
go_ahead() {
    pause_ahead
    # A group of its own, so that the compilers can be ended with it.
    set -m
    (
        exec 9>build/ahead.lock
        flock 9
        chrt --idle --pid 0 $BASHPID || renice -n 19 $BASHPID
        for suite in "${wanted[@]}"; do (build_suite "$suite") || true; done
        rm -f build/ahead.pid
    ) </dev/null >build/ahead.log 2>&1 &
    echo $! >build/ahead.pid
    disown
    set +m
}

# Whoever measures wants even the rest of the time unused. Ninja removes what is half made.
pause_ahead() {
    local group
    group=$(cat build/ahead.pid 2>/dev/null) || return 0
    rm -f build/ahead.pid
    kill -TERM -- "-$group" 2>/dev/null || return 0
    # Its compilers hold the lock as long as they run.
    flock build/ahead.lock true
}
