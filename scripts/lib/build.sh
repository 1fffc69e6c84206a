# Building the executable. Sourced behind common.sh.

# build PRESET TARGET…: configures once, then builds what changed.
build() {
    local preset=$1
    shift
    local log=build/$preset.log
    mkdir -p build
    # Quiet while all is well; everything when it is not.
    if ! is_configured "$preset"; then
        cmake --preset "$preset" "${configure_options[@]}" >"$log" 2>&1 || {
            cat "$log" >&2
            die "cmake could not configure the $preset build" "See the lines above; docs/ and CONTRIBUTING.md say what is needed."
        }
    fi
    local targets=()
    [ $# -eq 0 ] || targets=(--target "$@")
    cmake --build "build/$preset" -j "$(jobs_for_build)" "${targets[@]}" >"$log" 2>&1 || {
        grep -E 'error|FAILED|warning: unused' "$log" | head -40 >&2
        tail -40 "$log" >&2
        die "the $preset build failed" "The whole output is in $log."
    }
}
configure_options=()

# is_configured PRESET: with what is asked for now, and as the presets are now.
is_configured() {
    local option
    [ "build/$1/build.ninja" -nt CMakePresets.json ] || return 1
    for option in "${configure_options[@]}"; do
        option=${option#-D}
        grep -q "^${option%%=*}:[A-Z]*=${option#*=}\$" "build/$1/CMakeCache.txt" || return 1
    done
}

# A compiler takes up to 1.2 GB here: as many at once as cores and memory allow.
jobs_for_build() {
    local cores memory_gb
    cores=$(nproc)
    memory_gb=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
    local by_memory=$((memory_gb / 2 > 0 ? memory_gb / 2 : 1))
    echo $((cores < by_memory ? cores : by_memory))
}
