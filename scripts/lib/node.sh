# Node.js for building and testing the web app: the machine's if it is new enough, else one of our
# own under .tools/, from the npm registry. Sourced behind common.sh and packages.sh.

tools=$root/.tools

# Vite 8 wants Node 20.19 or 22.12; npm 10 and older leave out its native parts.
node_is_new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null || return 1
    node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        const node = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
        const npm = Number(process.argv[1].split(".")[0]) >= 11;
        process.exit(node && npm ? 0 : 1);' "$(npm --version)"
}

ensure_node() {
    if [ -x "$tools/node/bin/node" ]; then export PATH="$tools/node/bin:$tools/node_modules/.bin:$PATH"; fi
    if node_is_new_enough; then return 0; fi
    local architecture
    case $(uname -m) in
    x86_64) architecture=x64 ;;
    aarch64) architecture=arm64 ;;
    *) die "no Node.js for $(uname -m) is known to this script" "Install Node.js 22 and npm 11 yourself." ;;
    esac
    # Debian's npm is only the way to a newer one.
    command -v npm >/dev/null || install_named nodejs npm
    say "fetching Node.js 22 into .tools/"
    mkdir -p "$tools"
    [ -f "$tools/package.json" ] || echo '{"private":true}' >"$tools/package.json"
    npm install --prefix "$tools" --no-save --no-audit --no-fund --loglevel=error \
        "node-linux-$architecture@22" npm@11 >&2 ||
        die "npm could not fetch Node.js" "Check the network and npm's registry setting, then try again."
    ln -sfn "node_modules/node-linux-$architecture" "$tools/node"
    export PATH="$tools/node/bin:$tools/node_modules/.bin:$PATH"
    hash -r
    node_is_new_enough || die "the Node.js under .tools does not run" "Remove .tools and try again."
}

# The web app's libraries, as the lock file names them.
install_web_libraries() {
    ensure_node
    once npm-ci "$(fingerprint web/package.json web/package-lock.json)$(node --version)" npm_ci
}

npm_ci() {
    say "installing the web app's libraries"
    (cd web && npm ci --no-audit --no-fund --loglevel=error >&2) ||
        die "npm ci failed in web/" "Check the network; remove web/node_modules and try again."
}

build_web() {
    install_web_libraries
    [ -d web/dist ] || rm -f build/stamps/web
    once web "$(fingerprint web)" vite_build
}

vite_build() {
    say "building the web app"
    (cd web && npm run --silent build >&2) || die "the web app did not build" "See the lines above."
}
