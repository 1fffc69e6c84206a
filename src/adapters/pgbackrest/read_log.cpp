#include "adapters/pgbackrest/read_log.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/pgbackrest/failure.h"
#include "adapters/pgbackrest/log_listing.h"

namespace syncwatch::pgbackrest {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A database at rest writes a segment a minute without any commit in it.
constexpr int kMostLookedAt = 16;

/// A folder that is thrown away.
class Scratch {
public:
    static Result<Scratch> make(const Options& options) {
        SW_TRY(const auto owner, identity_of(options));
        std::string path = (options.work / "look-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) {
            return fail_unavailable("backup", "make a folder in " + options.work.string(), 30s);
        }
        Scratch scratch(path);
        if (owner && ::lchown(path.c_str(), owner->user, owner->group) != 0) {
            return fail_unavailable("backup", "give away " + path, 30s);
        }
        return scratch;
    }
    Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

private:
    explicit Scratch(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

Async<std::map<std::uint32_t, Branch>> read_branches(const Engine& engine, std::size_t repository,
                                                     LogListing listing) {
    std::map<std::uint32_t, Branch> branches;
    for (const LogListing::History& each : listing.histories) {
        if (each.archive != listing.newest) continue;
        const std::string file = fmt::format("archive/{}/{}/{:08X}.history",
                                             engine.options().stanza, each.archive, each.timeline);
        Engine::Call call;
        call.doing = "read " + file;
        call.args = {repository_option(repository), "repo-get", file};
        SW_CO_TRY(const std::string text, co_await engine.ask(std::move(call)));
        auto branch = read_history(text);
        if (!branch) co_return fail(std::move(branch).error().within(file));
        branches[each.timeline] = *branch;
    }
    co_return branches;
}

}  // namespace

Async<LogListing> list_log(const Engine& engine, std::size_t repository) {
    Engine::Call call;
    call.doing = "list the log in the repository";
    call.args = {repository_option(repository), "--recurse", "--output=json", "repo-ls",
                 "archive/" + engine.options().stanza};
    SW_CO_TRY(const std::string text, co_await engine.ask(std::move(call)));
    co_return LogListing::read(text);
}

Async<DatabaseBackups::Log> read_log(const Engine& engine, std::size_t repository) {
    SW_CO_TRY(LogListing listing, co_await list_log(engine, repository));
    const LogListing::Segments segments = listing.segments[listing.newest];
    SW_CO_TRY(const auto branches, co_await read_branches(engine, repository, std::move(listing)));
    co_return log_of(segments, branches);
}

std::optional<WallTime> last_commit_in(std::string_view dump) {
    constexpr std::string_view kCommit = "COMMIT ";
    constexpr std::size_t kDate = 10;
    for (std::size_t at = dump.rfind(kCommit); at != std::string_view::npos && at > 0;
         at = dump.rfind(kCommit, at - 1)) {
        // "desc: COMMIT 2026-11-29 22:56:30.123456 UTC", "COMMIT_PREPARED 727: 2026-…" is rare.
        const std::string_view rest = dump.substr(at + kCommit.size());
        const std::size_t zone = rest.find(" UTC");
        if (zone == std::string_view::npos || zone <= kDate || zone > 32) continue;
        std::string moment(rest.substr(0, zone));
        moment[kDate] = 'T';
        if (const auto time = parse_rfc3339(moment + "Z")) return *time;
    }
    return std::nullopt;
}

Async<std::optional<WallTime>> read_last_commit(const Engine& engine, std::size_t repository,
                                                std::uint32_t timeline) {
    std::error_code failed;
    if (!fs::exists(engine.options().data / "global" / "pg_control", failed)) {
        co_return std::nullopt;
    }
    SW_CO_TRY(const DatabaseBackups::Log log, co_await read_log(engine, repository));
    const auto found = std::ranges::find(log, timeline, &DatabaseBackups::Timeline::number);
    if (found == log.end() || found->held.empty()) co_return std::nullopt;
    const DatabaseBackups::Span last = found->held.back();
    SW_CO_TRY(const Scratch scratch, Scratch::make(engine.options()));
    wal::Segment segment = wal::Segment::holding(timeline, last.to);
    for (int i = 0; i < kMostLookedAt && segment.begin() > last.from; ++i) {
        --segment.number;
        const fs::path file = scratch.path() / segment.name();
        Engine::Call call;
        call.doing = "bring " + segment.name();
        call.args = {repository_option(repository), "--no-archive-async", "archive-get",
                     segment.name(), file.string()};
        SW_CO_CHECK(co_await engine.ask(std::move(call)));
        std::vector<std::string> args{"--rmgr=Transaction", file.string()};
        // It ends with an error where the log ends within the segment.
        SW_CO_TRY(const program::Ran dumped,
                  co_await engine.run_postgres("pg_waldump", std::move(args), 60s));
        if (const auto time = last_commit_in(dumped.out)) co_return time;
        fs::remove(file, failed);
    }
    co_return std::nullopt;
}

}  // namespace syncwatch::pgbackrest
