#!/usr/bin/env bash
# Installs what the benches need and builds them, and the server, as users run it. Called by run.mjs.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
. scripts/lib/packages.sh
. scripts/lib/node.sh
. scripts/lib/build.sh

install_packages run build
# Without these some figures are missing, not all of them.
(install_packages bench test engines) || say "going on without: some benches will say what they miss"
build_web
say "building the server and the benches (build/bench)"
# Reading the build's description again is cheap, and finds what was installed since.
configure_options=(-DSW_BENCH=ON)
targets=(syncwatch fault_relay bench.roomload bench.yardstick bench.relay bench.fetch bench.stage bench.library)
if [ -f /usr/include/benchmark/benchmark.h ]; then targets+=(bench.micro); fi
build bench "${targets[@]}"
