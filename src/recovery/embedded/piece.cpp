#include "recovery/embedded/piece.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json_text.h"
#include "recovery/embedded/json_fields.h"
#include "recovery/embedded/place_json.h"

namespace syncwatch::recovery {

namespace {

namespace json = boost::json;

constexpr std::string_view kFirstLine = "SyncWatch log of a database, 1\n";
constexpr std::size_t kDigestBytes = 32;

std::string header_of(const StoredPiece& piece) {
    const LogPiece& log = piece.log;
    JsonText out(512 + log.commits.size() * 40);
    out.open_object();
    out.set("generation", piece.generation);
    out.set("number", static_cast<std::int64_t>(piece.number));
    out.set("previous", piece.previous);
    write_place(out, "from", log.from);
    write_place(out, "to", log.to);
    out.set("page_bytes", static_cast<std::int64_t>(log.page_bytes));
    out.set("big_endian", log.big_endian);
    out.set("times_unknown", log.times_unknown);
    out.set("whole_until_us", to_micros(log.whole_until));
    out.set("frames_bytes", log.frames.size());
    out.name("commits");
    out.open_array();
    for (const LoggedCommit& commit : log.commits) {
        out.open_array();
        out.value(static_cast<std::int64_t>(commit.frames));
        out.value(static_cast<std::int64_t>(commit.pages));
        out.value(to_micros(commit.at));
        out.close_array();
    }
    out.close_array();
    out.close_object();
    return out.take();
}

Result<bool> flag(const json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* found = value == nullptr ? nullptr : value->if_bool();
    if (found == nullptr) return fields::missing(name);
    return *found;
}

Result<LoggedCommit> commit_of(const json::value& from) {
    const auto* parts = from.if_array();
    if (parts == nullptr || parts->size() != 3) return fields::missing("commits");
    std::int64_t numbers[3] = {};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto* number = (*parts)[i].if_int64();
        if (number == nullptr || *number < 0) return fields::missing("commits");
        numbers[i] = *number;
    }
    LoggedCommit commit;
    commit.frames = static_cast<std::uint32_t>(numbers[0]);
    commit.pages = static_cast<std::uint32_t>(numbers[1]);
    commit.at = from_micros(numbers[2]);
    return commit;
}

/// Commits follow one another, in frames that are there, and times do not go back.
bool are_in_order(const LogPiece& log) {
    std::uint32_t frames = 0;
    WallTime at{};
    for (const LoggedCommit& commit : log.commits) {
        if (commit.frames <= frames || commit.at < at || commit.pages == 0) return false;
        frames = commit.frames;
        at = commit.at;
    }
    return frames <= log.to.frames - log.from.frames &&
           (at <= log.whole_until || log.times_unknown);
}

Result<> read_header(const json::object& from, StoredPiece& piece) {
    LogPiece& log = piece.log;
    SW_TRY(piece.generation, fields::text(from, "generation"));
    SW_TRY(piece.number, fields::number(from, "number"));
    SW_TRY(piece.previous, fields::text(from, "previous"));
    SW_TRY(log.from, read_place(from, "from"));
    SW_TRY(log.to, read_place(from, "to"));
    SW_TRY(log.page_bytes, fields::number<std::uint32_t>(from, "page_bytes"));
    SW_TRY(log.big_endian, flag(from, "big_endian"));
    SW_TRY(log.times_unknown, flag(from, "times_unknown"));
    SW_TRY(const auto until, fields::number<std::int64_t>(from, "whole_until_us"));
    log.whole_until = from_micros(until);
    const auto* commits = from.if_contains("commits");
    const auto* list = commits == nullptr ? nullptr : commits->if_array();
    if (list == nullptr) return fields::missing("commits");
    log.commits.reserve(list->size());
    for (const json::value& each : *list) {
        SW_TRY(const LoggedCommit commit, commit_of(each));
        log.commits.push_back(commit);
    }
    return {};
}

tl::unexpected<Error> damaged(std::string_view how) {
    return fail(ErrorCode::Corrupt, fmt::format("a piece of the log {}", how));
}

}  // namespace

void write_place(JsonText& out, std::string_view name, const LogPlace& place) {
    out.name(name);
    out.open_object();
    out.set("epoch", fmt::format("{:016x}", place.epoch));
    out.set("frames", static_cast<std::int64_t>(place.frames));
    out.set("checksum", fmt::format("{:016x}", place.checksum));
    out.close_object();
}

Result<LogPlace> read_place(const json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* found = value == nullptr ? nullptr : value->if_object();
    if (found == nullptr) return fields::missing(name);
    LogPlace place;
    SW_TRY(place.epoch, fields::bits(*found, "epoch"));
    SW_TRY(place.frames, fields::number<std::uint32_t>(*found, "frames"));
    SW_TRY(place.checksum, fields::bits(*found, "checksum"));
    return place;
}

PieceName StoredPiece::name() const {
    PieceName out;
    out.number = number;
    if (!log.commits.empty()) out.first = log.commits.front().at;
    out.whole_until = log.whole_until;
    out.times_unknown = log.times_unknown;
    return out;
}

std::string encode_piece(StoredPiece& piece) {
    const std::string header = header_of(piece);
    std::string out;
    out.reserve(kFirstLine.size() + header.size() + 1 + piece.log.frames.size() + kDigestBytes);
    out.append(kFirstLine).append(header).append("\n").append(piece.log.frames);
    const Sha256Sum sum = sha256(as_bytes(out));
    piece.digest = encode_hex(sum);
    out.append(reinterpret_cast<const char*>(sum.data()), sum.size());
    return out;
}

Result<StoredPiece> decode_piece(std::string_view bytes) {
    if (!bytes.starts_with(kFirstLine)) return damaged("begins otherwise");
    if (bytes.size() < kFirstLine.size() + kDigestBytes) return damaged("is cut off");
    const std::string_view covered = bytes.substr(0, bytes.size() - kDigestBytes);
    const Sha256Sum sum = sha256(as_bytes(covered));
    const auto written = as_bytes(bytes.substr(covered.size()));
    if (!std::equal(sum.begin(), sum.end(), written.begin())) return damaged("is damaged");

    const std::string_view rest = covered.substr(kFirstLine.size());
    const std::size_t line = rest.find('\n');
    if (line == std::string_view::npos) return damaged("has no header");
    boost::system::error_code failed;
    const json::value header = json::parse(json::string_view(rest.data(), line), failed);
    if (failed || !header.is_object()) return damaged("has a header that is no JSON");
    StoredPiece piece;
    piece.digest = encode_hex(sum);
    SW_CHECK(read_header(header.get_object(), piece));
    SW_TRY(const auto size, fields::number(header.get_object(), "frames_bytes"));
    piece.log.frames = rest.substr(line + 1);
    if (piece.log.frames.size() != size) return damaged("is of another size than it says");
    const bool is_run = piece.log.from.epoch == piece.log.to.epoch &&
                        piece.log.from.frames <= piece.log.to.frames && are_in_order(piece.log);
    if (!is_run) return damaged("contradicts itself");
    return piece;
}

}  // namespace syncwatch::recovery
