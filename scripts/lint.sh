#!/usr/bin/env bash
# clang-format, clang-tidy, ESLint, prettier and svelte-check.
#   scripts/lint.sh            all of them; clang-tidy over the files that differ from main
#   scripts/lint.sh format     clang-format alone          (--fix writes; exits with 77 without version 14)
#   scripts/lint.sh web        ESLint, prettier, svelte-check alone
#   scripts/lint.sh tidy       clang-tidy alone            (--all: every file, most of an hour)
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. scripts/lib/packages.sh
. scripts/lib/node.sh
. scripts/lib/build.sh

cpp_files() { find src tests bench \( -name '*.cpp' -o -name '*.h' \) 2>/dev/null | LC_ALL=C sort || true; }

# clang-format's major versions differ in taste: 14, of Debian 12, decides.
lint_format() {
    local tool=clang-format
    command -v clang-format-14 >/dev/null && tool=clang-format-14
    if [ "$("$tool" --version | grep -oE '[0-9]+' | head -1)" != 14 ]; then
        say "clang-format 14 is not here (Debian 12 has it): the format is not checked"
        return 77
    fi
    if [ "${1:-}" = --fix ]; then
        cpp_files | xargs "$tool" -i
    else
        cpp_files | xargs "$tool" --dry-run -Werror || die "files above are not formatted" "scripts/lint.sh format --fix"
    fi
}

lint_web() {
    install_web_libraries
    (cd web && npm run --silent lint && npm run --silent check)
}

# The compilation database of the dev build without what clang does not know (g++'s precompiled header).
lint_tidy() {
    local files
    build dev syncwatch_pch third_party_asio
    mkdir -p build/tidy
    node scripts/lib/tidy-database.mjs build/dev/compile_commands.json build/tidy/compile_commands.json
    if [ "${1:-}" = --all ]; then
        files=$(find src -name '*.cpp' | LC_ALL=C sort)
    else
        files=$(git diff --name-only --diff-filter=d "$(git merge-base HEAD main 2>/dev/null || echo HEAD)" -- 'src/*.cpp')
    fi
    [ -n "$files" ] || return 0
    echo "$files" | xargs -P "$(nproc)" -n 1 clang-tidy -p build/tidy --quiet --warnings-as-errors='*'
}

install_packages build lint
ensure_node
case ${1:-all} in
format) lint_format "${2:-}" ;;
web) lint_web ;;
tidy) lint_tidy "${2:-}" ;;
all)
    lint_format || [ $? = 77 ]
    lint_web
    lint_tidy
    ;;
*) die "unknown argument: $1" "$(sed -n '3,6s/^# *//p' "$0")" ;;
esac
