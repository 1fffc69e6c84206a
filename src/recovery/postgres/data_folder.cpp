#include "recovery/postgres/data_folder.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace syncwatch::recovery {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot(std::string_view doing, const fs::path& path, int why) {
    return fail_unavailable("backup",
                            fmt::format("{} {}: {}", doing, path.string(), std::strerror(why)),
                            std::chrono::seconds(30));
}

/// pg_control begins with it, in the machine's own order of bytes.
std::string system_id_in(const fs::path& control) {
    std::ifstream in(control, std::ios::binary);
    std::uint64_t id = 0;
    if (!in.read(reinterpret_cast<char*>(&id), sizeof(id)) || id == 0) return {};
    return std::to_string(id);
}

/// Whether the process that postmaster.pid names is there.
bool server_runs(const fs::path& folder) {
    std::ifstream in(folder / "postmaster.pid");
    long pid = 0;
    if (!(in >> pid) || pid <= 1) return false;
    return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

bool has_entries(const fs::path& folder) {
    std::error_code failed;
    const fs::directory_iterator entries(folder, failed);
    return !failed && entries != fs::directory_iterator();
}

/// The name that nothing has yet.
fs::path name_aside(const fs::path& folder, WallTime now) {
    std::string stamp = format_rfc3339(now);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
    return folder.string() + ".before-" + stamp;
}

Result<> sync_folder(const fs::path& folder) {
    const UniqueFd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened && ::fsync(opened.get()) == 0) return {};
    return cannot("sync", folder, errno);
}

}  // namespace

Result<PgDataFolder> look_at_data_folder(const fs::path& folder) {
    PgDataFolder seen;
    struct ::stat facts {};
    if (::stat(folder.c_str(), &facts) != 0) {
        if (errno == ENOENT) return seen;
        return cannot("look at", folder, errno);
    }
    std::error_code failed;
    const fs::directory_iterator entries(folder, failed);
    if (failed) return cannot("look into", folder, failed.value());
    seen.mark = fmt::format("{}:{}", facts.st_dev, facts.st_ino);
    if (entries == fs::directory_iterator()) {
        seen.state = PgDataFolder::State::Empty;
        return seen;
    }
    const fs::path control = folder / "global" / "pg_control";
    seen.is_running = server_runs(folder);
    seen.has_tablespaces = has_entries(folder / "pg_tblspc");
    seen.is_standby = fs::exists(folder / "standby.signal", failed);
    seen.system_id = system_id_in(control);
    if (!seen.system_id.empty() && ::stat(control.c_str(), &facts) == 0) {
        seen.state = PgDataFolder::State::Database;
        seen.mark += fmt::format(":{}.{:09}", facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
        return seen;
    }
    const bool was_one = fs::exists(folder / "PG_VERSION", failed) ||
                         fs::exists(folder / "pg_wal", failed) ||
                         fs::exists(folder / "base", failed);
    seen.state = was_one ? PgDataFolder::State::Broken : PgDataFolder::State::Other;
    return seen;
}

Result<fs::path> exchange_data_folder(const fs::path& fresh, const fs::path& folder, WallTime now) {
    fs::path aside = name_aside(folder, now);
    if (::rename(folder.c_str(), aside.c_str()) != 0) {
        if (errno != ENOENT) return cannot("move aside", folder, errno);
        aside.clear();
    }
    if (::rename(fresh.c_str(), folder.c_str()) != 0) {
        const int why = errno;
        if (!aside.empty()) (void)::rename(aside.c_str(), folder.c_str());
        return cannot("move into its place", fresh, why);
    }
    SW_CHECK(sync_folder(folder.parent_path()));
    return aside;
}

Result<std::size_t> save_log(const fs::path& from, const fs::path& to, std::uint32_t timeline,
                             wal::Lsn after) {
    std::size_t saved = 0;
    std::error_code failed;
    for (const auto& each : fs::directory_iterator(from / "pg_wal", failed)) {
        const auto segment = wal::Segment::parse(each.path().filename().string());
        if (!segment || segment->timeline != timeline || segment->begin() < after) continue;
        const fs::path copy = to / "pg_wal" / each.path().filename();
        if (!fs::copy_file(each.path(), copy, fs::copy_options::none, failed) || failed) {
            return cannot("copy", each.path(), failed.value());
        }
        struct ::stat owner {};
        if (::geteuid() == 0 && ::stat(to.c_str(), &owner) == 0 &&
            ::lchown(copy.c_str(), owner.st_uid, owner.st_gid) != 0) {
            return cannot("give away", copy, errno);
        }
        ++saved;
    }
    return saved;
}

}  // namespace syncwatch::recovery
