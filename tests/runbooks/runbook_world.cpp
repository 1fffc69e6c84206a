#include "runbooks/runbook_world.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <regex>

#include <fmt/format.h>

#include "apps/lab/ports.h"
#include "harness/must.h"
#include "harness/planned_installation.h"
#include "runbooks/runbook.h"

namespace syncwatch::runbooks {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kPatience = 120s;
constexpr const char* kTimes = "RECOVERY_TIMES";

/// What systemd does with our services, for as much as runbooks ask of it.
constexpr const char* kSystemctl = R"sh(#!/bin/bash
unit="$UNITS/${!#}"
pid=$(cat "$unit/pid" 2>/dev/null)
runs() { [ -n "$pid" ] && [ -d "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status"; }
[ -d "$unit" ] || { echo "there is no unit ${!#}" >&2; exit 5; }
case $1 in
start)
    runs && exit 0
    setsid "$unit/exec" >>"$unit/log" 2>&1 </dev/null &
    echo $! >"$unit/pid"
    ;;
stop)
    runs || exit 0
    kill -"$(cat "$unit/end")" "$pid"
    for i in $(seq 600); do runs || exit 0; sleep 0.05; done
    kill -KILL "$pid"
    ;;
kill)
    kill -KILL "$pid"
    while runs; do sleep 0.01; done
    # PostgreSQL takes one for running that nobody has reaped yet, which is init's to do here.
    for i in $(seq 1200); do [ -d "/proc/$pid" ] || exit 0; sleep 0.05; done
    ;;
*) exit 2 ;;
esac
)sh";
/// Only PostgreSQL wants to be somebody else: all else is ours as we are.
constexpr const char* kSudo = R"sh(#!/bin/bash
user=root
if [ "$1" = -u ]; then user=$2; shift 2; fi
if [ "$user" = postgres ] && [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"
fi
exec "$@"
)sh";

void write_program(const fs::path& file, const std::string& text) {
    std::ofstream(file) << text;
    fs::permissions(file, fs::perms(0755));
}

}  // namespace

RunbookWorld::RunbookWorld() {
    const fs::path bin = folder_.path() / "bin";
    for (const fs::path& each : {bin, folder_.path() / "units"}) fs::create_directories(each);
    write_program(bin / "systemctl", kSystemctl);
    write_program(bin / "sudo", kSudo);
    fs::create_symlink(harness::program(), bin / "syncwatch");
    const char* const path = std::getenv("PATH");
    variables_["PATH"] = bin.string() + ":" + (path == nullptr ? "/usr/bin:/bin" : path);
    variables_["UNITS"] = (folder_.path() / "units").string();
    variables_["WORD"] = "none";
}

RunbookWorld::~RunbookWorld() {
    for (const auto& each : fs::directory_iterator(folder_.path() / "units")) {
        pid_t pid = 0;
        std::ifstream(each.path() / "pid") >> pid;
        // In a session of its own.
        if (pid > 1) ::kill(-pid, SIGKILL);
        if (!HasFailure()) continue;
        std::ifstream log(each.path() / "log");
        std::fprintf(stderr, "--- %s\n%s", each.path().filename().c_str(),
                     std::string(std::istreambuf_iterator<char>(log), {}).c_str());
    }
}

void RunbookWorld::unit(const std::string& name, const std::string& script,
                        const std::string& end) {
    const fs::path unit = folder_.path() / "units" / name;
    fs::create_directories(unit);
    write_program(unit / "exec", "#!/bin/bash\n" + script + "\n");
    write(unit / "end", end);
}

void RunbookWorld::write(const fs::path& file, const std::string& text) const {
    std::ofstream(file) << text;
}

int RunbookWorld::sh(const std::string& script) {
    harness::Process::Options options;
    options.command = {"bash", "-euo", "pipefail", "-c", script};
    options.environment = variables_;
    harness::Process process(options);
    const int exit = process.wait(kPatience).value_or(-1);
    said_ = process.out() + process.err();
    return exit;
}

/// What a command shows and the next one wants: a person copies it.
void RunbookWorld::take_words() {
    static const std::regex kWord("--confirm ([0-9a-f]{8})");
    static const std::regex kId("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");
    std::smatch found;
    if (std::regex_search(said_, found, kWord)) variables_["WORD"] = found[1];
    if (std::regex_search(said_, found, kId)) variables_["ID"] = found[0];
}

void RunbookWorld::carry_out_fence(const std::string& page, const Fence& fence) {
    SCOPED_TRACE(fmt::format("{}:{}\n{}", page, fence.line, fence.script));
    if (fence.skip) return;
    if (!fence.instead.empty()) {
        ASSERT_TRUE(instead_.contains(fence.instead));
        return instead_.at(fence.instead)();
    }
    int exit = sh(fence.script);
    if (fence.again) {
        (void)harness::eventually([&] { return exit == 0 || (exit = sh(fence.script)) == 0; },
                                  kPatience);
    }
    EXPECT_EQ(exit, fence.exit) << said_;
    take_words();
}

void RunbookWorld::carry_out(const std::string& page, const std::string& section) {
    std::size_t count = 0;
    for (const Fence& fence : read_runbook(fs::path(SW_RUNBOOKS) / page)) {
        if (fence.section != section) continue;
        ++count;
        carry_out_fence(page, fence);
        if (HasFailure()) return;
    }
    EXPECT_GT(count, 2U) << page << " has no such heading";
    took_ = std::chrono::steady_clock::now() - lost_;
}

void RunbookWorld::lost() {
    lost_ = std::chrono::steady_clock::now();
    variables_["LOST"] = format_rfc3339(
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
}

void RunbookWorld::expect_in_plan(const std::string& procedure) {
    const int exit = sh(syncwatch_ + " plan render --json " + flags_ + " 2>/dev/null");
    ASSERT_TRUE(exit == 0 || exit == 7) << said_;
    const boost::json::value said = boost::json::parse(said_);
    for (const auto& each : said.at("paper").at("procedures").as_array()) {
        if (each.at("name").as_string() != procedure) continue;
        const auto& times = each.at("carried_out").as_array();
        ASSERT_EQ(times.size(), 1U);
        // The last command of the page notes it.
        const double seconds = times.at(0).at("seconds").to_number<double>();
        EXPECT_GT(seconds, 0);
        EXPECT_LE(seconds, took_.count() + 0.002);
        EXPECT_GT(seconds, took_.count() / 2);
    }
    const std::string text(said.at("markdown").as_string());
    EXPECT_NE(text.find("**Carried out**: 20"), std::string::npos) << text;
}

void RunbookWorld::note_time(const std::string& what, const std::string& how_much) const {
    if (HasFailure()) return;
    const std::string line = fmt::format("| {} | {} | {:.1f} s |", what, how_much, took_.count());
    std::printf("%s\n", line.c_str());
    if (measures()) std::ofstream(std::getenv(kTimes), std::ios::app) << line << "\n";
}

bool RunbookWorld::measures() {
    return std::getenv(kTimes) != nullptr;
}

std::uint64_t RunbookWorld::bytes_in(const fs::path& folder) const {
    std::uint64_t sum = 0;
    for (const auto& each : fs::recursive_directory_iterator(folder)) {
        if (each.is_regular_file()) sum += each.file_size();
    }
    return sum;
}

EmbeddedRunbookWorld::EmbeddedRunbookWorld() {
    for (const fs::path& each : {data(), backups(), second(), etc()}) fs::create_directories(each);
    port_ = must(lab::free_port());
    write(etc() / "plan.toml", harness::plan_with({{"near", "file:" + backups().string()}}));
    write(etc() / "syncwatch.toml",
          fmt::format("[server]\nlisten = \"127.0.0.1:{}\"\n[data]\ndir = \"{}\"\n[objects]\n"
                      "second = \"file:{}\"\n[recovery]\nplan = \"{}\"\n",
                      port_, data().string(), second().string(), (etc() / "plan.toml").string()));
    variables_["CONFIG"] = (etc() / "syncwatch.toml").string();
    unit("syncwatch", "exec syncwatch serve --config '" + variables_["CONFIG"] + "'");
}

harness::HttpClient EmbeddedRunbookWorld::client() const {
    return harness::HttpClient(port_);
}

void EmbeddedRunbookWorld::serve() {
    start("syncwatch");
    wait_until_well();
}

void EmbeddedRunbookWorld::wait_until_well() {
    const bool well = harness::eventually(
        [this] { return sh("syncwatch health --config \"$CONFIG\"") == 0; }, kPatience);
    ASSERT_TRUE(well) << said_;
}

void EmbeddedRunbookWorld::wait_until_backed_up() {
    const WallTime now = harness::wall_now();
    // While nothing changes nothing is shipped: this is a change.
    (void)client().guest("somebody");
    const bool done = harness::eventually([&] {
        return sh("syncwatch backup list --json --config \"$CONFIG\" 2>/dev/null") == 0 &&
               harness::reaches(said_, now);
    });
    ASSERT_TRUE(done) << said_;
}

void EmbeddedRunbookWorld::make_room(const std::string& name) {
    auto who = client();
    token_ = who.account("alice");
    code_ = who.as(token_).post("/api/v1/rooms", {{"name", name}}).text_at("code");
}

std::string EmbeddedRunbookWorld::name_of_room() const {
    const auto answer = client().as(token_).get("/api/v1/rooms/" + code_);
    return answer.status == 200 ? answer.text_at("name") : "";
}

}  // namespace syncwatch::runbooks
