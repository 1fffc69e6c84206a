# Which syncwatch the operators' scripts use: $SYNCWATCH, the one that was built here, or the installed one. Sourced.

program() {
    local built
    built=$(dirname "${BASH_SOURCE[0]}")/../../build/release/bin/syncwatch
    if [ -n "${SYNCWATCH:-}" ]; then
        echo "$SYNCWATCH"
    elif [ -x "$built" ]; then
        echo "$built"
    elif command -v syncwatch; then
        :
    else
        printf 'error: there is no syncwatch here\nHINT: Install the package, build it with scripts/run.sh, or name it in SYNCWATCH.\n' >&2
        return 1
    fi
}
