#include "adapters/redis_backup/rdb_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/program/run.h"
#include "adapters/redis_backup/disk.h"
#include "adapters/redis_backup/redis_programs.h"
#include "base/unique_fd.h"

namespace syncwatch::redis {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr unsigned kMaxDatabases = 65'536;
constexpr std::string_view kFault = "--- RDB ERROR DETECTED ---";

template <class T>
std::optional<T> whole(std::string_view text) {
    T value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc() || stopped != end) return std::nullopt;
    return value;
}

/// The text behind `before` in a line that begins with `start`, and what is left of the report.
template <class Take>
void each_line(std::string_view report, Take take) {
    while (!report.empty()) {
        const std::string_view line = report.substr(0, report.find('\n'));
        report.remove_prefix(std::min(report.size(), line.size() + 1));
        take(line);
    }
}

/// "[offset 27] what": both parts; the offset is nullopt when the line is not of that kind.
struct Placed {
    std::optional<std::uint64_t> offset;
    std::string_view what;
};

Placed placed(std::string_view line) {
    constexpr std::string_view kStart = "[offset ";
    const std::size_t end = line.find("] ");
    if (!line.starts_with(kStart) || end == std::string_view::npos) return {std::nullopt, line};
    return {whole<std::uint64_t>(line.substr(kStart.size(), end - kStart.size())),
            line.substr(end + 2)};
}

tl::unexpected<Error> corrupt(std::string what) {
    return fail(ErrorCode::Corrupt, std::move(what));
}

/// What is wrong with the file, in our words; theirs where they say more.
tl::unexpected<Error> verdict(std::string_view report, std::uint64_t bytes, bool has_end) {
    if (bytes == 0) return corrupt("it is empty");
    std::string theirs = "redis-check-rdb does not say why";
    const std::size_t fault = report.find(kFault);
    if (fault != std::string_view::npos) {
        std::string_view rest = report.substr(fault + kFault.size());
        rest.remove_prefix(std::min(rest.size(), std::size_t{1}));
        theirs = placed(rest.substr(0, rest.find('\n'))).what;
    }
    if (theirs.starts_with("Wrong signature")) return corrupt("it is no RDB file");
    if (theirs.starts_with("Can't handle RDB format version")) {
        Error error{ErrorCode::Unavailable, "it is of a newer Redis than the one here: " + theirs,
                    "newer_redis"};
        error.component = "backup";
        return fail(std::move(error));
    }
    if (!has_end) return corrupt("it is cut off: " + theirs);
    return corrupt("its bytes are not those that were written: " + theirs);
}

/// "AUX FIELD redis-ver = '7.0.15'".
void take_aux(std::string_view what, RdbFacts& facts) {
    constexpr std::string_view kStart = "AUX FIELD ";
    const std::size_t equals = what.find(" = '");
    if (!what.starts_with(kStart) || equals == std::string_view::npos || !what.ends_with('\'')) {
        return;
    }
    const std::string_view name = what.substr(kStart.size(), equals - kStart.size());
    std::string_view value = what.substr(equals + 4);
    // The quote that it begins with may be all there is.
    if (value.empty()) return;
    value.remove_suffix(1);
    constexpr std::size_t kMaxVersion = 32;
    if (name == "redis-ver" && value.size() <= kMaxVersion) facts.redis_version = value;
    if (name == "repl-id" && value.size() == 40) facts.replid = value;
    if (name == "repl-offset") facts.offset = whole<std::int64_t>(value);
    if (name == "used-mem") facts.memory = whole<std::uint64_t>(value).value_or(0);
    const auto seconds = name == "ctime" ? whole<std::uint32_t>(value) : std::nullopt;
    if (seconds) facts.written = WallTime(std::chrono::seconds(*seconds));
}

/// The length at `at`, which moves behind it. Source: rdb.h, "Defines related to the dump file
/// format".
std::optional<std::uint64_t> rdb_length(std::span<const std::uint8_t> bytes, std::size_t& at) {
    if (at >= bytes.size()) return std::nullopt;
    const std::uint8_t first = bytes[at++];
    std::size_t more = 0;
    std::uint64_t value = 0;
    if (first >> 6 == 0) {
        value = first & 0x3FU;
    } else if (first >> 6 == 1) {
        value = first & 0x3FU;
        more = 1;
    } else if (first == 0x80) {
        more = 4;
    } else if (first == 0x81) {
        more = 8;
    } else {
        return std::nullopt;
    }
    if (bytes.size() - at < more) return std::nullopt;
    for (std::size_t i = 0; i < more; ++i) value = value << 8U | bytes[at++];
    return value;
}

/// How many keys a database has, by what stands at its beginning.
std::optional<Info::Database> sizes_at(int fd, std::uint64_t offset) {
    constexpr std::uint8_t kResize = 0xFB;
    std::array<std::uint8_t, 19> bytes{};
    const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got <= 0 || bytes[0] != kResize) return std::nullopt;
    const auto have = std::span<const std::uint8_t>(bytes).first(static_cast<std::size_t>(got));
    std::size_t at = 1;
    const auto keys = rdb_length(have, at);
    const auto expiring = keys ? rdb_length(have, at) : std::nullopt;
    if (!expiring) return std::nullopt;
    return Info::Database{*keys, *expiring};
}

/// Where each database begins, by its number.
std::vector<std::pair<unsigned, std::uint64_t>> beginnings(std::string_view report) {
    std::vector<std::pair<unsigned, std::uint64_t>> out;
    each_line(report, [&](std::string_view line) {
        constexpr std::string_view kStart = "Selecting DB ID ";
        const auto [offset, what] = placed(line);
        if (!offset || !what.starts_with(kStart) || out.size() >= kMaxDatabases) return;
        const auto index = whole<unsigned>(what.substr(kStart.size()));
        if (index) out.emplace_back(*index, *offset);
    });
    return out;
}

/// What the file says of each database; nullopt: not of all, or it is not what was counted.
std::optional<std::map<unsigned, Info::Database>> databases_of(int fd, std::string_view report,
                                                               const RdbFacts& facts) {
    std::map<unsigned, Info::Database> out;
    Info::Database sum;
    for (const auto& [index, offset] : beginnings(report)) {
        const auto sizes = sizes_at(fd, offset);
        if (!sizes || !out.emplace(index, *sizes).second) return std::nullopt;
        sum.keys += sizes->keys;
        sum.expiring += sizes->expiring;
    }
    if (sum.keys != facts.keys || sum.expiring != facts.expiring) return std::nullopt;
    return out;
}

/// Whether it ends as a whole file does: with a mark, and a checksum behind it.
bool ends_as_one(int fd, std::uint64_t bytes) {
    constexpr std::uint64_t kEnd = 9;
    std::uint8_t mark = 0;
    return bytes > kEnd && ::pread(fd, &mark, 1, static_cast<off_t>(bytes - kEnd)) == 1 &&
           mark == 0xFF;
}

}  // namespace

SnapshotSource::Counts RdbFacts::counts() const {
    SnapshotSource::Counts out{{"keys", keys}, {"expiring", expiring}};
    if (!databases) return out;
    for (const auto& [index, database] : *databases) {
        out[fmt::format("db{}", index)] = database.keys;
        out[fmt::format("db{}_expiring", index)] = database.expiring;
    }
    return out;
}

Result<RdbFacts> read_report(std::string_view report, const program::End& end, std::uint64_t bytes,
                             bool has_end) {
    if (end.signal != 0) {
        return corrupt(fmt::format("redis-check-rdb died of it, by signal {}", end.signal));
    }
    if (bytes == 0 || end.code != 0 || report.find(kFault) != std::string_view::npos) {
        return verdict(report, bytes, has_end);
    }
    RdbFacts facts;
    facts.bytes = bytes;
    std::optional<std::uint64_t> ends_at;
    std::optional<std::uint64_t> keys;
    std::optional<std::uint64_t> expiring;
    each_line(report, [&](std::string_view line) {
        constexpr std::string_view kInfo = "[info] ";
        const auto [offset, what] = placed(line);
        if (offset && what.find("RDB looks OK!") != std::string_view::npos) ends_at = offset;
        if (offset && what.starts_with("RDB file was saved with checksum disabled")) {
            facts.has_checksum = false;
        }
        if (offset) take_aux(what, facts);
        if (!line.starts_with(kInfo)) return;
        const std::string_view rest = line.substr(kInfo.size());
        const std::size_t space = std::min(rest.find(' '), rest.size());
        const auto number = whole<std::uint64_t>(rest.substr(0, space));
        if (rest.substr(space) == " keys read") keys = number;
        if (rest.substr(space) == " expires") expiring = number;
    });
    if (!ends_at || !keys || !expiring) {
        return fail_unavailable("backup", "redis-check-rdb says nothing that is understood", 30s);
    }
    if (*ends_at != bytes) {
        return corrupt(
            fmt::format("there is something behind its end: {} bytes", bytes - *ends_at));
    }
    facts.keys = *keys;
    facts.expiring = *expiring;
    for (const auto& [index, offset] : beginnings(report)) {
        facts.last_database = std::max(facts.last_database, index);
    }
    return facts;
}

Async<RdbFacts> check_rdb(fs::path file, std::chrono::milliseconds deadline) {
    const fs::path path = fs::absolute(file);
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct ::stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) co_return disk_failure("open", path);
    if (!S_ISREG(status.st_mode)) co_return corrupt("it is no file");
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    SW_CO_TRY(program::Spec spec, spec_of("redis-check-rdb", "redis-tools"));
    spec.args = {path.string()};
    spec.max_file_bytes = 0;
    program::Limits limits;
    limits.deadline = deadline;
    limits.max_output = std::size_t{16} << 20;
    limits.patience = 0ms;  // It has nothing to put in order.
    SW_CO_TRY(program::Ran ran, co_await program::run(std::move(spec), limits));
    const bool has_end = ends_as_one(fd.get(), bytes);
    SW_CO_TRY(RdbFacts facts, read_report(ran.out, ran.end, bytes, has_end));
    facts.databases = databases_of(fd.get(), ran.out, facts);
    co_return std::move(facts);
}

}  // namespace syncwatch::redis
