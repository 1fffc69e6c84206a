// The Debian package: what is in it, and that it can be installed, run, renewed and removed. It is
// installed into a copy of this system, under an overlay in a mount namespace: the system itself
// stays as it is.

#include <filesystem>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>
#include <unistd.h>

#include "deploy/project.h"
#include "harness/temp_folder.h"

namespace syncwatch::deploy {
namespace {

namespace fs = std::filesystem;

/// Runs "$1" in a copy of this system, with the package as /tmp/p.deb. Only the network is shared.
constexpr const char* kInACopy = R"sh(set -e
top=$(dirname "$1")/copy
mkdir -p "$top"
mount -t tmpfs copy "$top"
mkdir "$top/upper" "$top/work" "$top/root"
mount -t overlay copy -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$top/root"
for each in proc sys dev; do mount --rbind "/$each" "$top/root/$each"; done
mount -t tmpfs copy "$top/root/tmp"
cp "$2" "$top/root/tmp/p.deb"
cp "$1" "$top/root/tmp/inside.sh"
chroot "$top/root" env -u DESTDIR PATH=/usr/sbin:/usr/bin:/sbin:/bin sh /tmp/inside.sh
)sh";

/// Before what a case does.
constexpr const char* kInside = R"sh(set -eu
export DEBIAN_FRONTEND=noninteractive
config=/etc/syncwatch/syncwatch.toml
dpkg_quietly() { dpkg --force-unsafe-io "$@" >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; exit 1; }; }
# A machine that never had it, whatever this one is.
if dpkg -s syncwatch >/dev/null 2>&1; then dpkg_quietly -P syncwatch; fi
rm -rf /var/lib/syncwatch
become='setpriv --reuid=syncwatch --regid=syncwatch --clear-groups'
dpkg_quietly -i /tmp/p.deb
)sh";

class PackageTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<TempFolder>();
        if (!can_pack()) return;
        // Quickly: this one goes nowhere.
        const Ended packed = run(SW_PACK " -B '" + folder_->path().string() +
                                 "' -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip");
        ASSERT_EQ(packed.status, 0) << packed.said;
        for (const auto& each : fs::directory_iterator(folder_->path())) {
            if (each.path().extension() == ".deb") package_ = each.path();
        }
        ASSERT_FALSE(package_.empty()) << packed.said;
    }
    static void TearDownTestSuite() { folder_.reset(); }

    void SetUp() override {
        if (can_pack()) return;
        GTEST_SKIP() << "dpkg-shlibdeps or file is not here (Debian's packages dpkg-dev and file "
                        "have them): no package is made";
    }
    static bool can_pack() {
        return run("command -v dpkg-deb && command -v dpkg-shlibdeps && command -v file").status ==
               0;
    }
    static std::string package() { return "'" + package_.string() + "'"; }
    static std::string field(const std::string& name) {
        std::string said = run("dpkg-deb -f " + package() + " " + name).said;
        if (said.ends_with('\n')) said.pop_back();
        return said;
    }
    static Ended in_a_copy(const std::string& what) {
        const std::string outside = folder_->path() / "outside.sh";
        const std::string inside = folder_->path() / "inside.sh";
        std::ofstream(outside) << kInACopy;
        std::ofstream(inside) << what;
        return run("unshare --mount sh '" + outside + "' '" + inside + "' " + package());
    }

    static inline std::unique_ptr<TempFolder> folder_;
    static inline fs::path package_;
};

class InstalledPackageTest : public PackageTest {
protected:
    void SetUp() override {
        PackageTest::SetUp();
        if (IsSkipped()) return;
        if (::geteuid() == 0 && in_a_copy("dpkg --version").status == 0) return;
        GTEST_SKIP() << "only root can install into a copy of this system, under an overlay";
    }
    /// What a case does, in shell; it ends with 0 when all is as it should be.
    static void expect_inside(const std::string& what) {
        const Ended ended = in_a_copy(kInside + what);
        EXPECT_EQ(ended.status, 0) << ended.said;
    }
};

TEST_F(PackageTest, ItAsksForWhatTheProgramNeedsOnThisRelease) {
    const std::string needs = field("Depends") + ",";
    for (const char* each :
         {"adduser,", "ffmpeg,", "libc6 (", "libstdc++6 (", "libpq5 (", "libcurl", "libssl3",
          "libsqlite3-0 (", "libboost-json", "libsodium"}) {
        EXPECT_NE(needs.find(each), std::string::npos) << each << " is not in " << needs;
    }
    EXPECT_EQ(needs.find("-dev"), std::string::npos) << needs;
    EXPECT_EQ(field("Package"), "syncwatch");
    EXPECT_EQ(field("Architecture") + "\n", run("dpkg --print-architecture").said);
    const auto release = all(run("cat /etc/os-release").said, "VERSION_ID=\"?([0-9.]+)");
    EXPECT_EQ(field("Version"), std::string(SW_PROJECT_VERSION "-1~deb") +
                                    (release.empty() ? std::string() : *release.begin()));
    EXPECT_EQ(package_.filename().string(),
              "syncwatch_" + field("Version") + "_" + field("Architecture") + ".deb");
}

TEST_F(PackageTest, ItHoldsTheProgramItsUnitsItsFileAndItsExamples) {
    const std::string list = run("dpkg-deb -c " + package()).said;
    const auto paths = all(list, " \\./([^\n]*[^/\n])\n");
    for (const char* each :
         {"usr/bin/syncwatch", "etc/syncwatch/syncwatch.toml",
          "usr/lib/systemd/system/syncwatch.service",
          "usr/lib/systemd/system/syncwatch-worker.service",
          "usr/lib/systemd/system/syncwatch-restore-test.service",
          "usr/lib/systemd/system/syncwatch-restore-test.timer",
          "usr/lib/systemd/system/syncwatch-backup-postgres.service",
          "usr/lib/systemd/system/syncwatch-backup-postgres.timer",
          "usr/lib/systemd/system/syncwatch-wal-stream.service",
          "usr/share/doc/syncwatch/copyright", "usr/share/doc/syncwatch/changelog.Debian.gz",
          "usr/share/doc/syncwatch/changelog.gz", "usr/share/doc/syncwatch/operations.md"}) {
        EXPECT_TRUE(paths.contains(each)) << each << " is not in it";
    }
    for (const char* folder :
         {"coturn", "haproxy", "kubernetes", "observability", "postgresql", "redis"}) {
        for (const std::string& file : files_under(std::string("deploy/") + folder)) {
            const std::string path = "usr/share/doc/syncwatch/examples/" + file.substr(7);
            EXPECT_TRUE(paths.contains(path)) << path;
        }
    }
    EXPECT_EQ(all(list, "(?:^|\n)(\\S+ (?!root/root)\\S+ [^\n]*)"), std::set<std::string>());
    EXPECT_EQ(all(list, "(?:^|\n)(-..s[^\n]*|-.....s[^\n]*|........w.[^\n]*)"),
              std::set<std::string>())
        << "runs as somebody else, or may be changed by anybody";
    EXPECT_EQ(run("dpkg-deb -I " + package() + " conffiles").said,
              "/etc/syncwatch/syncwatch.toml\n");
}

TEST_F(InstalledPackageTest, ItServesAsAUserOfItsOwn) {
    expect_inside(R"sh(
getent passwd syncwatch | grep -q ':/var/lib/syncwatch:/usr/sbin/nologin$'
[ "$(stat -c '%U:%G %a' /var/lib/syncwatch)" = 'syncwatch:syncwatch 700' ]
[ "$(syncwatch --version)" = 'syncwatch )sh" SW_PROJECT_VERSION R"sh(' ]
$become syncwatch doctor --config $config --listen 127.0.0.1:0 >/tmp/doctor || { cat /tmp/doctor; exit 1; }
$become syncwatch serve --config $config --listen 127.0.0.1:0 >/tmp/said 2>/tmp/log &
for each in $(seq 300); do
    grep -q 'SyncWatch is at' /tmp/said && break
    kill -0 $! || { cat /tmp/log; exit 1; }
    sleep 0.1
done
url=$(sed -n 's/^SyncWatch is at //p' /tmp/said)
curl -fsS "$url/health" | grep -q '"status":"ok"'
# A build of the program alone has no pages.
if grep -q 'files inside the program' /tmp/doctor; then curl -fsS "$url/" | grep -qi '<!doctype html>'; fi
kill -TERM $!
wait $!
[ "$(stat -c '%U %a' /var/lib/syncwatch/syncwatch.db)" = 'syncwatch 600' ]
)sh");
}

TEST_F(InstalledPackageTest, SystemdFindsWhatItsUnitsName) {
    if (run("systemd-analyze --version").status != 0) {
        GTEST_SKIP() << "systemd-analyze is not here (Debian's package systemd has it)";
    }
    expect_inside(R"sh(
cd /usr/lib/systemd/system
systemd-analyze verify --man=no ./syncwatch*.service ./syncwatch*.timer 2>&1 | tee /tmp/said
if grep -q syncwatch /tmp/said; then exit 1; fi
# It waits for somebody who looked at its file.
[ "$(systemctl is-enabled syncwatch.service)" = disabled ]
)sh");
}

TEST_F(InstalledPackageTest, ANewOneLeavesWhatWasWrittenAndSoDoesItsEnd) {
    expect_inside(R"sh(
echo '# ours' >>$config
echo film >/var/lib/syncwatch/film
dpkg_quietly -i /tmp/p.deb
grep -q '^# ours' $config
$become true

dpkg_quietly -r syncwatch
[ ! -e /usr/bin/syncwatch ]
grep -q '^# ours' $config
dpkg_quietly -P syncwatch
[ ! -e /etc/syncwatch ]
[ "$(cat /var/lib/syncwatch/film)" = film ]
grep -q '/var/lib/syncwatch stays' /tmp/dpkg.log
$become true

# Secrets are somebody's, too.
dpkg_quietly -i /tmp/p.deb
echo secret >/etc/syncwatch/database-password
dpkg_quietly -P syncwatch
[ -e /etc/syncwatch/database-password ]
)sh");
}

}  // namespace
}  // namespace syncwatch::deploy
