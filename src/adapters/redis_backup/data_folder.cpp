#include "adapters/redis_backup/data_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/redis_backup/disk.h"
#include "adapters/redis_backup/scratch_server.h"

namespace syncwatch::redis {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRdb = "dump.rdb";
constexpr const char* kOldAppendOnly = "appendonly.aof";

std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A server of data: a Sentinel may run in the same folder and uses none of it.
bool is_server(const fs::path& process) {
    const std::string name = contents(process / "comm");
    constexpr std::array kServers{"redis-server\n", "valkey-server\n", "keydb-server\n"};
    if (std::ranges::none_of(kServers, [&](const char* each) { return name == each; })) {
        return false;
    }
    return contents(process / "cmdline").find("sentinel") == std::string::npos;
}

std::optional<pid_t> process_number(const fs::path& entry) {
    const std::string name = entry.filename().string();
    pid_t pid = 0;
    const char* const end = name.data() + name.size();
    const auto [stopped, failed] = std::from_chars(name.data(), end, pid);
    if (failed != std::errc() || stopped != end) return std::nullopt;
    return pid;
}

void add_state(const fs::path& file, std::string& state) {
    struct ::stat facts {};
    if (::lstat(file.c_str(), &facts) != 0) return;
    state += fmt::format("{}:{}:{}:{}.{:09};", file.filename().string(), facts.st_ino,
                         facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
}

bool is_there(const fs::path& path) {
    struct ::stat facts {};
    return ::lstat(path.c_str(), &facts) == 0;
}

/// The server reads what we make, and writes beside it.
Result<> give_as(const fs::path& path, const struct ::stat& folder) {
    if (::geteuid() != 0) return {};
    if (::lchown(path.c_str(), folder.st_uid, folder.st_gid) == 0) return {};
    return disk_failure("give away", path);
}

/// Something new, under a name that is not its last; gone unless it was put into its place.
class Staged {
public:
    explicit Staged(fs::path path) : path_(std::move(path)) {}
    Staged(const Staged&) = delete;
    Staged& operator=(const Staged&) = delete;
    ~Staged() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }
    void placed() { path_.clear(); }

private:
    fs::path path_;
};

Result<> stage(const Placement& placement, const struct ::stat& owner, const fs::path& at) {
    if (!placement.append_only) {
        SW_CHECK(copy_durably(placement.rdb, at));
        return give_as(at, owner);
    }
    if (::mkdir(at.c_str(), 0755) != 0) return disk_failure("make", at);
    const fs::path base = at / AofLayout::kBase;
    const fs::path manifest = at / AofLayout::kManifest;
    SW_CHECK(copy_durably(placement.rdb, base));
    SW_TRY(NewFile text, NewFile::create(manifest));
    SW_CHECK(text.write(AofLayout::kText));
    SW_CHECK(text.keep());
    for (const fs::path& each : {base, manifest, at}) SW_CHECK(give_as(each, owner));
    return sync_folder(at.parent_path());
}

Result<> refuse_if_served(const fs::path& folder) {
    SW_TRY(const auto running, servers_in(folder));
    if (running.empty()) return {};
    return fail(ErrorCode::Conflict,
                fmt::format("a server runs in {}: process {}", folder.string(), running.front()),
                "redis_runs");
}

/// One name for all that one restore moves aside.
std::string suffix_of(std::string_view word, WallTime now) {
    std::string stamp = format_rfc3339(now);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
    return fmt::format(".{}-{}", word, stamp);
}

/// Puts the staged one where `target` is, which gets the name `aside`.
Result<> swap_in(Staged& staged, const fs::path& target, const fs::path& aside, MovedAside& moved) {
    if (!is_there(target)) {
        if (::rename(staged.path().c_str(), target.c_str()) != 0) {
            return disk_failure("put into place", target);
        }
        staged.placed();
        return {};
    }
    if (::renameat2(AT_FDCWD, staged.path().c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) !=
        0) {
        // Some filesystems know no exchange.
        if (errno != EINVAL && errno != ENOSYS) return disk_failure("exchange", target);
        if (::rename(target.c_str(), aside.c_str()) != 0) return disk_failure("move aside", target);
        moved.emplace_back(target, aside);
        if (::rename(staged.path().c_str(), target.c_str()) != 0) {
            return disk_failure("put into place", target);
        }
        staged.placed();
        return {};
    }
    // From here on it is the old one that has this name.
    const fs::path old = staged.path();
    staged.placed();
    if (::rename(old.c_str(), aside.c_str()) != 0) return disk_failure("move aside", old);
    moved.emplace_back(target, aside);
    return {};
}

}  // namespace

Result<DataFolder> DataFolder::look(const fs::path& path) {
    struct ::stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return disk_failure("look at", path);
    if (!S_ISDIR(facts.st_mode)) {
        return fail(ErrorCode::NotFound, path.string() + " is no folder");
    }
    if (::geteuid() != 0 && ::geteuid() != facts.st_uid) {
        return fail(ErrorCode::Forbidden,
                    path.string() + " belongs to somebody else, who could not use what we make",
                    "redis_owner");
    }
    DataFolder folder;
    folder.path = path;
    folder.has_rdb = is_there(path / kRdb);
    folder.has_append_only = is_there(path / AofLayout::kFolder) || is_there(path / kOldAppendOnly);
    folder.state = fmt::format("{}:{};", facts.st_dev, facts.st_ino);
    for (const char* each : {kRdb, kOldAppendOnly, AofLayout::kFolder}) {
        add_state(path / each, folder.state);
    }
    std::error_code none;
    std::vector<fs::path> parts;
    for (const auto& each : fs::directory_iterator(path / AofLayout::kFolder, none)) {
        parts.push_back(each.path());
    }
    std::ranges::sort(parts);
    for (const fs::path& each : parts) add_state(each, folder.state);
    return folder;
}

Result<std::vector<pid_t>> servers_in(const fs::path& folder) {
    struct ::stat wanted {};
    if (::stat(folder.c_str(), &wanted) != 0) return disk_failure("look at", folder);
    std::vector<pid_t> found;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator("/proc", failed)) {
        const auto pid = process_number(entry.path());
        if (!pid || !is_server(entry.path())) continue;
        struct ::stat runs_in {};
        const fs::path link = entry.path() / "cwd";
        if (::stat(link.c_str(), &runs_in) != 0) {
            if (errno == ENOENT || errno == ESRCH) continue;
            return fail(ErrorCode::Forbidden,
                        fmt::format("where the server with process {} runs cannot be seen", *pid),
                        "redis_hidden");
        }
        if (runs_in.st_dev == wanted.st_dev && runs_in.st_ino == wanted.st_ino) {
            found.push_back(*pid);
        }
    }
    if (failed) return fail(ErrorCode::Forbidden, "/proc cannot be read", "redis_hidden");
    return found;
}

Result<MovedAside> place_rdb(const Placement& placement) {
    const fs::path& folder = placement.folder;
    SW_CHECK(DataFolder::look(folder));
    struct ::stat owner {};
    if (::stat(folder.c_str(), &owner) != 0) return disk_failure("look at", folder);
    SW_CHECK(refuse_if_served(folder));
    const std::string before = suffix_of("before", placement.now);
    const fs::path target = folder / (placement.append_only ? AofLayout::kFolder : kRdb);
    Staged staged(target.string() + suffix_of("restoring", placement.now));
    SW_CHECK(stage(placement, owner, staged.path()));
    // It may have been started while a large file was copied.
    SW_CHECK(refuse_if_served(folder));
    MovedAside moved;
    SW_CHECK(swap_in(staged, target, target.string() + before, moved));
    // A server with an append-only file would write over dump.rdb; one without would come upon the
    // old append-only file on the day that it is told to keep one.
    for (const char* name : {kRdb, AofLayout::kFolder, kOldAppendOnly}) {
        const fs::path other = folder / name;
        const fs::path aside = other.string() + before;
        if (other == target || !is_there(other)) continue;
        if (::rename(other.c_str(), aside.c_str()) != 0) return disk_failure("move aside", other);
        moved.emplace_back(other, aside);
    }
    SW_CHECK(sync_folder(folder));
    return moved;
}

}  // namespace syncwatch::redis
