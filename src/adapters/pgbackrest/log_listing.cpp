#include "adapters/pgbackrest/log_listing.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "adapters/pgbackrest/json_reader.h"

namespace syncwatch::pgbackrest {
namespace {

namespace json = boost::json;

/// "15-2" comes after "15-1" and "9.6-1"; by the number behind the dash.
int number_of_archive(std::string_view name) {
    const std::size_t dash = name.rfind('-');
    int number = 0;
    if (dash == std::string_view::npos) return 0;
    std::from_chars(name.data() + dash + 1, name.data() + name.size(), number);
    return number;
}

}  // namespace

std::optional<StoredSegment> parse_stored_segment(std::string_view file) {
    constexpr std::size_t kName = 24;
    constexpr std::size_t kSha1 = 40;
    if (file.size() < kName + 1 + kSha1 || file[kName] != '-') return std::nullopt;
    const auto segment = wal::Segment::parse(file.substr(0, kName));
    const std::string_view sha1 = file.substr(kName + 1, kSha1);
    const std::string_view rest = file.substr(kName + 1 + kSha1);
    if (!segment || sha1.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
        return std::nullopt;
    }
    // Half of one that is being written has another end.
    const bool is_whole =
        rest.empty() || rest == ".zst" || rest == ".gz" || rest == ".lz4" || rest == ".bz2";
    if (!is_whole) return std::nullopt;
    return StoredSegment{*segment, std::string(sha1)};
}

Result<LogListing> LogListing::read(std::string_view text) {
    boost::system::error_code error;
    const json::value document = json::parse({text.data(), text.size()}, error);
    const auto* const files = document.if_object();
    if (error || files == nullptr) {
        return fail(ErrorCode::Corrupt, "pgBackRest's list of files is none");
    }
    LogListing listing;
    std::map<std::string, wal::Segment> by_sum;
    for (const auto& [path, facts] : *files) {
        const std::string_view name(path.data(), path.size());
        const std::size_t slash = name.find('/');
        const std::string archive(name.substr(0, slash));
        const std::string type = text_of(part(facts, "type"));
        if (slash == std::string_view::npos) {
            const bool newer = number_of_archive(archive) > number_of_archive(listing.newest);
            if (type == "path" && newer) listing.newest = archive;
            continue;
        }
        if (type != "file") continue;
        const std::string_view file = name.substr(name.rfind('/') + 1);
        if (const auto stored = parse_stored_segment(file)) {
            const auto [same, is_new] = by_sum.emplace(archive + stored->sha1, stored->segment);
            if (!is_new) {
                listing.contradictions.push_back(fmt::format(
                    "{} and {} have the same bytes: one of them is not what its name says",
                    same->second.name(), stored->segment.name()));
            }
            const auto time = static_cast<std::int64_t>(number_of(part(facts, "time")));
            // It is said in whole seconds, cut off.
            listing.segments[archive][stored->segment] = WallTime(std::chrono::seconds(time + 1));
        } else if (const auto timeline = wal::parse_history_name(file)) {
            listing.histories.push_back({archive, *timeline});
        }
    }
    return listing;
}

Result<Branch> read_history(std::string_view text) {
    std::optional<Branch> last;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        const std::size_t tab = line.find('\t');
        const std::size_t second = tab == std::string_view::npos ? tab : line.find('\t', tab + 1);
        if (tab == std::string_view::npos) return fail(ErrorCode::Corrupt, "it is no history");
        Branch branch;
        const auto [stopped, error] =
            std::from_chars(line.data(), line.data() + tab, branch.parent);
        const auto at = wal::parse_lsn(line.substr(tab + 1, second - tab - 1));
        if (error != std::errc() || stopped != line.data() + tab || !at || branch.parent == 0) {
            return fail(ErrorCode::Corrupt, "it is no history of a timeline");
        }
        branch.at = *at;
        last = branch;
    }
    if (last) return *last;
    return fail(ErrorCode::Corrupt, "it is no history: nothing is in it");
}

DatabaseBackups::Log log_of(const LogListing::Segments& segments,
                            const std::map<std::uint32_t, Branch>& branches) {
    std::map<std::uint32_t, DatabaseBackups::Timeline> timelines;
    for (const auto& [number, branch] : branches) {
        timelines[number].parent = branch.parent;
        timelines[number].begins = branch.at;
    }
    for (const auto& [each, stored] : segments) {  // By timeline, then by place.
        timelines[each.timeline].stored = stored;
        auto& held = timelines[each.timeline].held;
        if (!held.empty() && held.back().to == each.begin()) {
            held.back().to = each.end();
        } else {
            held.push_back({each.begin(), each.end()});
        }
    }
    DatabaseBackups::Log log;
    for (auto& [number, timeline] : timelines) {
        timeline.number = number;
        log.push_back(std::move(timeline));
    }
    return log;
}

}  // namespace syncwatch::pgbackrest
