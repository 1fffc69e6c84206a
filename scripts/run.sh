#!/usr/bin/env bash
# Installs what is missing, builds, and serves SyncWatch on http://127.0.0.1:8080.
# Arguments go to `syncwatch serve`: scripts/run.sh --listen 127.0.0.1:9000
# Films, accounts and rooms live in data/ here, or where SYNCWATCH_DATA_DIR says.
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. scripts/lib/packages.sh
. scripts/lib/node.sh
. scripts/lib/build.sh

install_packages run build
build_web
if [ ! -x build/release/bin/syncwatch ]; then
    say "building SyncWatch: some minutes the first time"
    [ -f build/release/build.ninja ] || configure_options=(-DSW_TESTS=OFF)
fi
build release syncwatch
export SYNCWATCH_DATA_DIR=${SYNCWATCH_DATA_DIR:-$root/data}
mkdir -p "$SYNCWATCH_DATA_DIR"
exec build/release/bin/syncwatch serve "$@"
