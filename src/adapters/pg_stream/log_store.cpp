#include "adapters/pg_stream/log_store.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "adapters/pg_stream/sealed.h"
#include "adapters/pgbackrest/log_listing.h"
#include "base/async/offload.h"

namespace syncwatch::pg_stream {
namespace {

/// As far as these go on from the beginning without a hole.
std::uint32_t reach_of_pieces(const std::vector<Piece>& pieces) {
    std::uint32_t reach = 0;
    for (const Piece& each : pieces) {  // By `from`.
        if (each.from <= reach) reach = std::max(reach, each.to);
    }
    return reach;
}

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
    Number value{};
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    return value;
}

/// What the names of objects say.
StoredLog sort_out(const std::vector<BackupRepository::Entry>& entries) {
    StoredLog log;
    for (const BackupRepository::Entry& each : entries) {
        if (const auto timeline = parse_history(each.name)) {
            log.histories.insert(*timeline);
        } else if (const auto segment = parse_segment(each.name)) {
            log.whole.insert(*segment);
        } else if (const auto named = parse_piece(each.name)) {
            log.begun[named->segment].push_back(named->piece);
        }
    }
    // What was not removed when its segment became full.
    std::erase_if(log.begun, [&](const auto& each) { return log.whole.contains(each.first); });
    for (auto& [segment, pieces] : log.begun) std::ranges::sort(pieces);
    return log;
}

}  // namespace

std::uint32_t StoredLog::bytes_of(const wal::Segment& segment) const {
    const auto found = begun.find(segment);
    return found == begun.end() ? 0 : reach_of_pieces(found->second);
}

bool StoredLog::ends_with(const wal::Segment& segment) const {
    const auto is_after = [&](const wal::Segment& each) {
        return each.timeline == segment.timeline && each > segment;
    };
    const auto next = whole.upper_bound(segment);
    if (next != whole.end() && is_after(*next)) return false;
    const auto begun_next = begun.upper_bound(segment);
    return begun_next == begun.end() || !is_after(begun_next->first);
}

Result<> check_front(std::string_view bytes, const wal::Segment& segment, std::string_view system) {
    // XLogLongPageHeaderData: magic, flags, timeline, place, rest; then the system's identifier.
    constexpr std::size_t kPlace = 8;
    constexpr std::size_t kSystem = 24;
    constexpr std::size_t kFront = 40;
    if (bytes.size() < kFront) return {};
    if (number_at<std::uint64_t>(bytes, kPlace) != segment.begin().value) {
        return fail(ErrorCode::Corrupt, segment.name() + " holds another place of the log");
    }
    if (std::to_string(number_at<std::uint64_t>(bytes, kSystem)) == system) return {};
    return fail(ErrorCode::Corrupt, segment.name() + " is another database's");
}

Async<StoredLog> LogStore::read() {
    std::string folder = names_.folder();
    SW_CO_TRY(const auto entries, co_await repository_.list(std::move(folder)));
    co_return sort_out(entries);
}

Async<std::optional<wal::Lsn>> LogStore::end(std::uint32_t timeline, wal::Lsn position) {
    std::string folder = names_.begun();
    SW_CO_TRY(const auto begun, co_await repository_.list(std::move(folder)));
    const StoredLog last = sort_out(begun);
    std::optional<wal::Lsn> end;
    for (const auto& [segment, pieces] : last.begun) {
        const bool is_of_it = segment.timeline == timeline && last.bytes_of(segment) > 0;
        if (is_of_it) end = wal::Lsn{segment.begin().value + last.bytes_of(segment)};
    }
    // Pieces may stay when their segment is full, and a segment may become full without any.
    if (end && end->value + wal::kSegmentBytes > position.value) co_return end;
    std::string full = names_.whole(timeline);
    SW_CO_TRY(const auto whole, co_await repository_.list(std::move(full)));
    for (const wal::Segment& each : sort_out(whole).whole) {
        end = std::max(end, std::optional(each.end()));
    }
    co_return end;
}

Async<> LogStore::put_sealed(std::string name, std::string bytes) {
    auto pack = [&bytes] { return seal(bytes); };
    std::string sealed = co_await offload(pool_, std::move(pack));
    std::string to = name;
    auto created = co_await repository_.create(std::move(to), std::move(sealed));
    if (created || created.error().code != ErrorCode::Conflict) co_return created;
    // Another version of zstd packs the same bytes otherwise.
    std::string again = name;
    SW_CO_TRY(const std::string there, co_await get_sealed(std::move(again)));
    if (there == bytes) co_return Result<>();
    co_return fail(ErrorCode::Conflict,
                   fmt::format("{} is in {}, and says something else: two servers write one log, "
                               "perhaps a copy that was promoted",
                               name.substr(name.rfind('/') + 1), repository_.place()),
                   "log_differs");
}

Async<std::string> LogStore::get_sealed(std::string name) {
    std::string from = name;
    SW_CO_TRY(const std::string sealed, co_await repository_.read(std::move(from)));
    auto unpack = [&sealed] { return unseal(sealed, wal::kSegmentBytes); };
    auto raw = co_await offload(pool_, std::move(unpack));
    if (!raw) co_return fail(std::move(raw).error().within(name + " in " + repository_.place()));
    co_return *std::move(raw);
}

Async<> LogStore::remove_pieces(wal::Segment segment, Piece but) {
    std::string folder = names_.begun(segment);
    SW_CO_TRY(const auto entries, co_await repository_.list(std::move(folder)));
    for (const BackupRepository::Entry& each : entries) {
        const auto named = parse_piece(each.name);
        if (!named || named->piece == but) continue;
        std::string name = each.name;
        const auto removed = co_await repository_.remove(std::move(name));
        // They are in the way of nobody.
        if (!removed && removed.error().reason == "no_delete") co_return Result<>();
        SW_CO_CHECK(removed);
    }
    co_return Result<>();
}

Async<> LogStore::put(wal::Segment segment, std::string bytes) {
    std::string name = names_.segment(segment);
    SW_CO_CHECK(co_await put_sealed(std::move(name), std::move(bytes)));
    co_return co_await remove_pieces(segment, {});
}

Async<> LogStore::put_piece(wal::Segment segment, std::uint32_t from, std::string bytes) {
    const Piece piece{from, from + static_cast<std::uint32_t>(bytes.size())};
    std::string name = names_.piece(segment, piece);
    co_return co_await put_sealed(std::move(name), std::move(bytes));
}

Async<> LogStore::gather(wal::Segment segment, std::string bytes) {
    const Piece all{0, static_cast<std::uint32_t>(bytes.size())};
    SW_CO_CHECK(co_await put_piece(segment, 0, std::move(bytes)));
    co_return co_await remove_pieces(segment, all);
}

Async<> LogStore::put_history(std::uint32_t timeline, std::string text) {
    std::string name = names_.history(timeline);
    co_return co_await put_sealed(std::move(name), std::move(text));
}

Async<std::string> LogStore::history(std::uint32_t timeline) {
    std::string name = names_.history(timeline);
    co_return co_await get_sealed(std::move(name));
}

Async<std::string> LogStore::whole(wal::Segment segment) {
    std::string name = names_.segment(segment);
    SW_CO_TRY(std::string bytes, co_await get_sealed(std::move(name)));
    if (bytes.size() != wal::kSegmentBytes) {
        co_return fail(ErrorCode::Corrupt, segment.name() + " is not a whole segment");
    }
    const std::string& folder = names_.folder();
    SW_CO_CHECK(check_front(bytes, segment, folder.substr(folder.rfind('/') + 1)));
    co_return bytes;
}

Async<std::string> LogStore::begun(wal::Segment segment, std::vector<Piece> pieces) {
    std::string bytes;
    for (const Piece& each : pieces) {
        if (each.from > bytes.size() || each.to <= bytes.size()) continue;
        std::string name = names_.piece(segment, each);
        SW_CO_TRY(const std::string part, co_await get_sealed(std::move(name)));
        if (part.size() != each.to - each.from) {
            co_return fail(ErrorCode::Corrupt,
                           "a piece of " + segment.name() + " has not the size that its name says");
        }
        bytes += std::string_view(part).substr(bytes.size() - each.from);
    }
    const std::string& folder = names_.folder();
    SW_CO_CHECK(check_front(bytes, segment, folder.substr(folder.rfind('/') + 1)));
    co_return bytes;
}

Async<std::string> LogStore::padded(wal::Segment segment, StoredLog log) {
    if (log.whole.contains(segment)) co_return co_await whole(segment);
    const auto found = log.begun.find(segment);
    if (found == log.begun.end()) {
        co_return fail(ErrorCode::NotFound, segment.name() + " is not in " + repository_.place());
    }
    std::vector<Piece> pieces = found->second;
    SW_CO_TRY(std::string bytes, co_await begun(segment, std::move(pieces)));
    bytes.resize(wal::kSegmentBytes);
    co_return bytes;
}

Async<std::size_t> LogStore::forget_before(wal::Lsn from) {
    std::size_t gone = 0;
    SW_CO_TRY(const StoredLog log, co_await read());
    for (const wal::Segment& each : log.whole) {
        if (each.end() > from) continue;
        std::string name = names_.segment(each);
        SW_CO_CHECK(co_await repository_.remove(std::move(name)));
        ++gone;
    }
    for (const auto& [segment, pieces] : log.begun) {
        if (segment.end() > from) continue;
        SW_CO_CHECK(co_await remove_pieces(segment, {}));
    }
    co_return gone;
}

DatabaseBackups::Log describe_log(const StoredLog& log, WallTime stored,
                                  const std::map<std::uint32_t, std::string>& histories) {
    pgbackrest::LogListing::Segments segments;
    for (const wal::Segment& each : log.whole) segments[each] = stored;
    std::map<std::uint32_t, pgbackrest::Branch> branches;
    for (const auto& [timeline, text] : histories) {
        if (const auto branch = pgbackrest::read_history(text)) branches[timeline] = *branch;
    }
    // Of what was begun the last of a timeline counts: its bytes go on from the segment before.
    for (const auto& [segment, pieces] : log.begun) {
        if (log.ends_with(segment) && log.bytes_of(segment) > 0) segments[segment] = stored;
    }
    DatabaseBackups::Log described = pgbackrest::log_of(segments, branches);
    for (DatabaseBackups::Timeline& each : described) {
        if (each.held.empty()) continue;
        wal::Lsn& to = each.held.back().to;
        const wal::Segment last{each.number, to.value / wal::kSegmentBytes - 1};
        if (!log.whole.contains(last)) to.value = last.begin().value + log.bytes_of(last);
    }
    return described;
}

}  // namespace syncwatch::pg_stream
