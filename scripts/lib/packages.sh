# Debian packages, by what they are for. Sourced behind common.sh.

# Debian 12 has Boost 1.81 beside its default 1.74; Debian 13's default is 1.83.
boost_version() {
    local version
    for version in 1.83 1.81; do
        if apt-cache show "libboost$version-dev" >/dev/null 2>&1; then
            echo "$version"
            return
        fi
    done
    die "no Boost 1.81 or newer in the package lists" "SyncWatch builds on Debian 12 and 13; run apt-get update."
}

# packages GROUP: the names, one a line.
packages() {
    local boost
    case $1 in
    run) printf '%s\n' ca-certificates ffmpeg ;;
    build)
        boost=$(boost_version)
        printf '%s\n' git g++ cmake ninja-build lld pkg-config \
            "libboost$boost-dev" "libboost-json$boost-dev" "libboost-url$boost-dev" \
            libexpected-dev libfmt-dev libspdlog-dev libsodium-dev libssl-dev libsqlite3-dev \
            libcli11-dev libtomlplusplus-dev prometheus-cpp-dev zlib1g-dev \
            libpq-dev libcurl4-openssl-dev libexpat1-dev libzstd-dev
        ;;
    test)
        # llvm: names in what the sanitizers say, by which they are told what to leave alone.
        # systemd, python3-yaml: for the units and manifests under deploy/. systemd does not become the machine's init by it.
        printf '%s\n' age libgtest-dev chromium fonts-dejavu-core openssl curl clang libclang-rt-dev llvm systemd python3-yaml
        ;;
    engines)
        # Real servers that tests are held against, and that syncwatch lab brings up: src/apps/lab, src/apps/region.
        printf '%s\n' \
            ceph-common \
            ceph-mon \
            ceph-osd \
            coturn \
            etcd-server \
            haproxy \
            knot \
            memcached \
            patroni \
            pgbackrest \
            postgresql \
            python3-keystonemiddleware \
            radosgw \
            redis-sentinel \
            redis-server \
            redis-tools \
            swift-account \
            swift-container \
            swift-object \
            swift-proxy
        ;;
    # dpkg-shlibdeps says which libraries a package needs; cpack asks file(1) what is a program.
    package) printf '%s\n' dpkg-dev file gzip ;;
    # prometheus: promtool, for the alert rules. There is no package of it alone.
    lint) printf '%s\n' clang-format clang-tidy prometheus ;;
    bench) printf '%s\n' libbenchmark-dev nginx-light pgbackrest sqlite3 ;;
    esac
}

is_installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# install_packages GROUP…: installs what is missing; costs nothing when all is there.
install_packages() {
    local group name missing=()
    command -v apt-get >/dev/null || die "this script installs packages with apt-get, which is not here" \
        "Use Debian 12 or 13, or install the packages listed in scripts/lib/packages.sh yourself."
    if [ ! -d /var/lib/apt/lists ] || ! ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
        say "reading the package lists"
        as_root apt-get -qq -o DPkg::Lock::Timeout=600 update
    fi
    for group in "$@"; do
        for name in $(packages "$group"); do
            is_installed "$name" || missing+=("$name")
        done
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    install_named "${missing[@]}"
}

# Debian starts a server when it installs one; tests start their own, and nobody asked for the others.
# What says so is there only meanwhile (invoke-rc.d(8), policy-rc.d).
keep_services_stopped() {
    local policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    local status=0
    "$@" || status=$?
    as_root rm -f "$policy"
    return $status
}

install_named() {
    say "installing $*"
    keep_services_stopped as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=600 \
        -o Dpkg::Use-Pty=0 --no-install-recommends install "$@" >&2 ||
        die "apt-get could not install the packages above" "Run apt-get update and try again."
}
