#include "adapters/pg_stream/description.h"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "adapters/pgbackrest/json_reader.h"
#include "base/json_text.h"

namespace syncwatch::pg_stream {
namespace {

namespace json = boost::json;
using pgbackrest::number_of;
using pgbackrest::part;
using pgbackrest::text_of;

}  // namespace

std::string part_name(std::size_t number) {
    return fmt::format("base/{:08}.tar.zst", number);
}

std::string write_description(const Description& description) {
    const DatabaseBackups::Backup& backup = description.backup;
    JsonText out(1024);
    out.open_object();
    out.set("schema", 1);
    out.set("label", backup.label);
    out.set("started_us", to_micros(backup.started));
    out.set("finished_us", to_micros(backup.finished));
    out.set("timeline", static_cast<std::int64_t>(backup.timeline));
    out.set("begins", wal::text(backup.begins));
    out.set("ends", wal::text(backup.ends));
    out.set("raw_bytes", static_cast<std::size_t>(backup.raw_bytes));
    out.set("stored_bytes", static_cast<std::size_t>(backup.stored_bytes));
    out.set("system_id", backup.system_id);
    out.set("server_version", backup.server_version);
    out.name("annotations");
    out.open_object();
    for (const auto& [name, value] : backup.annotations) out.set(name, value);
    out.close_object();
    out.name("parts");
    out.open_array();
    for (const Description::Part& each : description.parts) {
        out.open_object();
        out.set("bytes", static_cast<std::size_t>(each.bytes));
        out.set("sha256", each.sha256);
        out.close_object();
    }
    out.close_array();
    out.close_object();
    return out.take();
}

Result<Description> read_description(std::string_view text) {
    boost::system::error_code error;
    const json::value read = json::parse({text.data(), text.size()}, error);
    if (error || number_of(part(read, "schema")) != 1) {
        return fail(ErrorCode::Corrupt, "the description of a backup is none that we know");
    }
    Description description;
    DatabaseBackups::Backup& backup = description.backup;
    backup.label = text_of(part(read, "label"));
    backup.started = from_micros(static_cast<std::int64_t>(number_of(part(read, "started_us"))));
    backup.finished = from_micros(static_cast<std::int64_t>(number_of(part(read, "finished_us"))));
    backup.timeline = static_cast<std::uint32_t>(number_of(part(read, "timeline")));
    const auto begins = wal::parse_lsn(text_of(part(read, "begins")));
    const auto ends = wal::parse_lsn(text_of(part(read, "ends")));
    backup.raw_bytes = number_of(part(read, "raw_bytes"));
    backup.stored_bytes = number_of(part(read, "stored_bytes"));
    backup.system_id = text_of(part(read, "system_id"));
    backup.server_version = text_of(part(read, "server_version"));
    backup.engine = "pg_basebackup";
    backup.engine_version = backup.server_version;
    if (const auto* const words = part(read, "annotations").if_object()) {
        for (const auto& [name, value] : *words) {
            backup.annotations[std::string(name)] = text_of(value);
        }
    }
    const auto* const parts = part(read, "parts").if_array();
    if (!begins || !ends || parts == nullptr || parts->empty() || backup.label.empty()) {
        return fail(ErrorCode::Corrupt, "the description of a backup lacks what it must say");
    }
    backup.begins = *begins;
    backup.ends = *ends;
    for (const json::value& each : *parts) {
        description.parts.push_back(
            {number_of(part(each, "bytes")), text_of(part(each, "sha256"))});
    }
    return description;
}

Result<NeededLog> read_needed_log(std::string_view manifest_end) {
    // It is the last member but for the manifest's own sum; the archive ends with zeros.
    constexpr std::string_view kName = "\"WAL-Ranges\":";
    const std::size_t at = manifest_end.rfind(kName);
    if (at == manifest_end.npos) {
        return fail(ErrorCode::Corrupt, "the copy has no manifest at its end");
    }
    const std::string_view rest = manifest_end.substr(at + kName.size());
    const std::string_view list = rest.substr(0, std::min(rest.find(']') + 1, rest.size()));
    boost::system::error_code error;
    const json::value read = json::parse({list.data(), list.size()}, error);
    const auto* const ranges = read.if_array();
    if (error || ranges == nullptr || ranges->empty()) {
        return fail(ErrorCode::Corrupt, "the copy's manifest says of no log");
    }
    NeededLog needed;
    // Of several, from more than one timeline, the newest comes first.
    needed.timeline = static_cast<std::uint32_t>(number_of(part(ranges->front(), "Timeline")));
    const auto from = wal::parse_lsn(text_of(part(ranges->back(), "Start-LSN")));
    const auto to = wal::parse_lsn(text_of(part(ranges->front(), "End-LSN")));
    if (!from || !to || needed.timeline == 0) {
        return fail(ErrorCode::Corrupt, "the copy's manifest says of no log");
    }
    needed.from = *from;
    needed.to = *to;
    return needed;
}

}  // namespace syncwatch::pg_stream
