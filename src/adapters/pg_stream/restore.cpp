#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/pg_stream/sealed.h"
#include "adapters/pg_stream/stream_backups.h"
#include "adapters/pg_stream/untar.h"
#include "base/async/offload.h"
#include "base/digest.h"

namespace syncwatch::pg_stream {
namespace {

namespace fs = std::filesystem;
using Target = DatabaseBackups::Target;

/// A string in PostgreSQL's settings.
std::string setting_value(std::string_view text) {
    std::string out = "'";
    for (const char each : text) {
        if (each == '\'' || each == '\\') out += each;
        out += each;
    }
    return out + "'";
}

/// With its zone: without one the server's own would decide which moment is meant.
std::string with_zone(WallTime time) {
    const auto micros = time.time_since_epoch() % std::chrono::seconds(1);
    std::string text = format_rfc3339(time).substr(0, 19);
    text[10] = ' ';
    return fmt::format("{}.{:06}+00", text, micros.count());
}

std::string target_lines(const Target& target) {
    switch (target.kind) {
        case Target::Kind::Latest: return {};
        case Target::Kind::Immediate: return "recovery_target = 'immediate'\n";
        case Target::Kind::Time:
            return "recovery_target_time = " + setting_value(with_zone(target.time)) + "\n";
        case Target::Kind::Lsn:
            return "recovery_target_lsn = " + setting_value(wal::text(target.lsn)) + "\n";
        case Target::Kind::Transaction:
            return "recovery_target_xid = " + setting_value(target.word) + "\n";
        case Target::Kind::Name: break;
    }
    return "recovery_target_name = " + setting_value(target.word) + "\n";
}

tl::unexpected<Error> cannot_restore(std::string_view doing, const fs::path& path, int why) {
    return fail_unavailable("backup",
                            fmt::format("{} {}: {}", doing, path.string(), std::strerror(why)),
                            std::chrono::seconds(30));
}

Result<> make_folder(const fs::path& into, const std::optional<program::Identity>& owner) {
    std::error_code failed;
    if (::mkdir(into.c_str(), 0700) != 0) {
        if (errno != EEXIST) return cannot_restore("make", into, errno);
        if (!fs::is_empty(into, failed) || failed) {
            return fail(ErrorCode::Conflict, into.string() + " is not empty", "not_empty_folder");
        }
    }
    if (owner && ::lchown(into.c_str(), owner->user, owner->group) != 0) {
        return cannot_restore("give away", into, errno);
    }
    return {};
}

/// Tells the server what to do when it is started.
Result<> write_settings(const DatabaseBackups::Restoration& restoration,
                        const std::optional<program::Identity>& owner) {
    const fs::path& into = restoration.into;
    std::ofstream(into / "postgresql.auto.conf", std::ios::app | std::ios::binary)
        << recovery_settings(restoration);
    std::ofstream(into / "recovery.signal").flush();
    std::error_code ignored;
    // It would never take writes: the copy was made of one that follows another.
    fs::remove(into / "standby.signal", ignored);
    for (const char* each : {"postgresql.auto.conf", "recovery.signal"}) {
        const fs::path file = into / each;
        struct ::stat facts {};
        if (::stat(file.c_str(), &facts) != 0) return cannot_restore("write", file, errno);
        if (::chmod(file.c_str(), 0600) != 0) return cannot_restore("close", file, errno);
        if (owner && ::lchown(file.c_str(), owner->user, owner->group) != 0) {
            return cannot_restore("give away", file, errno);
        }
    }
    return {};
}

}  // namespace

std::string recovery_settings(const DatabaseBackups::Restoration& restoration) {
    std::string text = "\n# SyncWatch, to bring it back:\n";
    text += target_lines(restoration.target);
    if (restoration.target.kind != Target::Kind::Latest) {
        text += "recovery_target_action = 'promote'\n";
    }
    // The end of a copy is on its own timeline.
    text += restoration.is_own_timeline || restoration.target.kind == Target::Kind::Immediate
                ? std::string("recovery_target_timeline = 'current'\n")
                : fmt::format("recovery_target_timeline = '{}'\n", restoration.timeline);
    if (!restoration.fetch.empty()) {
        text += "restore_command = " + setting_value(restoration.fetch) + "\n";
    }
    // A copy must never write into the log of the real one.
    text += "archive_mode = 'off'\nprimary_conninfo = ''\nprimary_slot_name = ''\n";
    // It would wait for standbys that follow the other one.
    text += "synchronous_standby_names = ''\n";
    return text;
}

Async<> StreamBackups::lay_down(Restoration restoration, Description description) {
    SW_CO_TRY(const auto owner, pgbackrest::identity_of(options_.programs));
    SW_CO_CHECK(make_folder(restoration.into, owner));
    Untar archive(restoration.into, owner);
    for (std::size_t i = 0; i < description.parts.size(); ++i) {
        std::string name = folder_of(restoration.label) + "/" + part_name(i + 1);
        SW_CO_TRY(const std::string sealed,
                  co_await place(restoration.repository).read(std::move(name)));
        const std::string& sum = description.parts[i].sha256;
        auto lay = [&archive, &sealed, &sum]() -> Result<> {
            SW_TRY(const std::string raw, unseal(sealed, BackupRepository::kMostRead));
            if (encode_hex(sha256(as_bytes(raw))) != sum) {
                return fail(ErrorCode::Corrupt, "it is of another backup");
            }
            return archive.feed(raw);
        };
        auto laid = co_await offload(powers_.pool, std::move(lay));
        if (!laid) {
            co_return fail(std::move(laid).error().within(
                fmt::format("part {} of {}", i + 1, restoration.label)));
        }
    }
    auto end = [&archive] { return archive.finish(); };
    co_return co_await offload(powers_.pool, std::move(end));
}

Async<> StreamBackups::restore(Restoration restoration) {
    std::string label = restoration.label;
    SW_CO_TRY(Description description, co_await describe(restoration.repository, std::move(label)));
    Restoration copy = restoration;
    SW_CO_CHECK(co_await lay_down(std::move(copy), std::move(description)));
    // Every file against the sum that the server itself took of it; its log comes later.
    std::vector<std::string> args{"--no-parse-wal", "--quiet", restoration.into.string()};
    std::string name = "pg_verifybackup";
    SW_CO_TRY(
        const program::Ran checked,
        co_await programs_.run_postgres(std::move(name), std::move(args), std::chrono::hours(12)));
    if (!checked.end.is_good()) {
        co_return fail(ErrorCode::Corrupt, "pg_verifybackup: " + checked.errors);
    }
    SW_CO_TRY(const auto owner, pgbackrest::identity_of(options_.programs));
    SW_CO_CHECK(write_settings(restoration, owner));
    co_return Result<>();
}

}  // namespace syncwatch::pg_stream
