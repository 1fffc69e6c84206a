#include "recovery/catalogue/record_text.h"

#include <exception>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "recovery/catalogue/sealed_text.h"

namespace syncwatch::recovery {
namespace {

namespace json = boost::json;

constexpr std::string_view kBackup = "syncwatch.backup/1";
constexpr std::string_view kVerification = "syncwatch.verification/1";
constexpr std::string_view kPin = "syncwatch.pin/1";
constexpr std::string_view kExpiry = "syncwatch.expiry/1";
constexpr std::string_view kCarriedOut = "syncwatch.carried-out/1";

/// Thrown where Boost.JSON throws its own: who parses a text is where it ends.
struct Damaged : std::exception {};

template <class Maybe>
auto checked(Maybe maybe) {
    if (!maybe) throw Damaged();
    return *std::move(maybe);
}

std::string text_at(const json::object& from, std::string_view name) {
    const json::string& found = from.at(name).as_string();
    return {found.data(), found.size()};
}

template <class Number>
Number number_at(const json::object& from, std::string_view name) {
    return from.at(name).to_number<Number>();
}

WallTime time_at(const json::object& from, std::string_view name) {
    return checked(parse_rfc3339(text_at(from, name)));
}

BackupId id_at(const json::object& from, std::string_view name) {
    return checked(BackupId::parse(text_at(from, name)));
}

template <class Value>
json::object object_of(const std::map<std::string, Value>& values) {
    json::object out;
    for (const auto& [name, value] : values) out[name] = value;
    return out;
}

std::map<std::string, std::uint64_t> counts_at(const json::object& from, std::string_view name) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [key, value] : from.at(name).as_object()) {
        counts[std::string(key)] = value.to_number<std::uint64_t>();
    }
    return counts;
}

std::map<std::string, std::string> texts_at(const json::object& from, std::string_view name) {
    const json::object& inner = from.at(name).as_object();
    std::map<std::string, std::string> texts;
    for (const auto& [key, value] : inner) texts[std::string(key)] = text_at(inner, key);
    return texts;
}

json::object object_of(const ChainLink& link) {
    return {{"id", link.id.text()}, {"sha256", link.hash}};
}

ChainLink link_of(const json::value& from) {
    const json::object& object = from.as_object();
    return {id_at(object, "id"), text_at(object, "sha256")};
}

BackupRecord record_of(const json::object& from) {
    BackupRecord record;
    record.id = id_at(from, "id");
    record.component = text_at(from, "component");
    record.kind = checked(parse_backup_kind(text_at(from, "kind")));
    for (const json::value& parent : from.at("parents").as_array()) {
        const json::string& id = parent.as_string();
        record.parents.push_back(checked(BackupId::parse({id.data(), id.size()})));
    }
    record.started = time_at(from, "started");
    record.finished = time_at(from, "finished");
    record.node = text_at(from, "node");
    record.system_id = text_at(from, "system_id");
    record.engine = text_at(from, "engine");
    record.engine_version = text_at(from, "engine_version");
    record.position = text_at(from, "position");
    record.raw_bytes = number_at<std::uint64_t>(from, "raw_bytes");
    record.stored_bytes = number_at<std::uint64_t>(from, "stored_bytes");
    record.root = text_at(from, "root_sha256");
    record.schema_version = text_at(from, "schema_version");
    record.app_version = text_at(from, "app_version");
    record.counts = counts_at(from, "counts");
    record.window = {time_at(from, "recoverable_from"), time_at(from, "recoverable_to")};
    record.annotations = texts_at(from, "annotations");
    if (from.contains("previous")) record.previous = link_of(from.at("previous"));
    return record;
}

/// `read` makes a value of what `text` seals; it throws where something is missing or not of its
/// kind.
template <class Read>
auto parsed(std::string_view schema, std::string_view text, Read read)
    -> Result<std::invoke_result_t<Read, const json::object&, const Unsealed&>> {
    SW_TRY(const Unsealed unsealed, unseal(schema, text));
    try {
        return read(json::parse(unsealed.content).as_object(), unsealed);
    } catch (const std::exception& error) {
        // Whole, and not understood: of a version that this one does not know.
        return fail(
            ErrorCode::Corrupt,
            fmt::format("it is whole, and this version does not understand it ({})", error.what()));
    }
}

}  // namespace

std::string write_record(const BackupRecord& record) {
    json::object out;
    out["id"] = record.id.text();
    out["component"] = record.component;
    out["kind"] = word(record.kind);
    json::array& parents = out["parents"].emplace_array();
    for (const BackupId& each : record.parents) parents.emplace_back(each.text());
    out["started"] = format_rfc3339(record.started);
    out["finished"] = format_rfc3339(record.finished);
    out["node"] = record.node;
    out["system_id"] = record.system_id;
    out["engine"] = record.engine;
    out["engine_version"] = record.engine_version;
    out["position"] = record.position;
    out["raw_bytes"] = record.raw_bytes;
    out["stored_bytes"] = record.stored_bytes;
    out["root_sha256"] = record.root;
    out["schema_version"] = record.schema_version;
    out["app_version"] = record.app_version;
    out["counts"] = object_of(record.counts);
    out["recoverable_from"] = format_rfc3339(record.window.from);
    out["recoverable_to"] = format_rfc3339(record.window.to);
    out["annotations"] = object_of(record.annotations);
    if (record.previous) out["previous"] = object_of(*record.previous);
    return seal(kBackup, json::serialize(out));
}

Result<StoredRecord> read_record(std::string_view text) {
    return parsed(kBackup, text, [](const json::object& from, const Unsealed& unsealed) {
        return StoredRecord{record_of(from), unsealed.hash};
    });
}

std::string write_verification(const Verification& verification) {
    json::object out;
    out["backup"] = verification.backup.text();
    out["at"] = format_rfc3339(verification.at);
    out["level"] = word(verification.level);
    out["sound"] = verification.sound;
    out["words"] = verification.words;
    out["took_ms"] = verification.took.count();
    out["bytes"] = verification.bytes;
    out["counts"] = object_of(verification.counts);
    return seal(kVerification, json::serialize(out));
}

Result<Verification> read_verification(std::string_view text) {
    return parsed(kVerification, text, [](const json::object& from, const Unsealed&) {
        Verification read;
        read.backup = id_at(from, "backup");
        read.at = time_at(from, "at");
        read.level = checked(parse_verify_level(text_at(from, "level")));
        read.sound = from.at("sound").as_bool();
        read.words = text_at(from, "words");
        read.took = std::chrono::milliseconds(number_at<std::int64_t>(from, "took_ms"));
        read.bytes = number_at<std::uint64_t>(from, "bytes");
        read.counts = counts_at(from, "counts");
        return read;
    });
}

std::string write_pin(const Pin& pin) {
    json::object out;
    out["backup"] = pin.backup.text();
    out["at"] = format_rfc3339(pin.at);
    out["pinned"] = pin.pinned;
    out["why"] = pin.why;
    return seal(kPin, json::serialize(out));
}

Result<Pin> read_pin(std::string_view text) {
    return parsed(kPin, text, [](const json::object& from, const Unsealed&) {
        return Pin{id_at(from, "backup"), time_at(from, "at"), from.at("pinned").as_bool(),
                   text_at(from, "why")};
    });
}

std::string write_carried_out(const CarriedOut& done) {
    json::object out;
    out["procedure"] = done.procedure;
    out["at"] = format_rfc3339(done.at);
    out["took_ms"] = done.took.count();
    out["by"] = done.by;
    out["remark"] = done.remark;
    return seal(kCarriedOut, json::serialize(out));
}

Result<CarriedOut> read_carried_out(std::string_view text) {
    return parsed(kCarriedOut, text, [](const json::object& from, const Unsealed&) {
        return CarriedOut{text_at(from, "procedure"), time_at(from, "at"),
                          std::chrono::milliseconds(number_at<std::int64_t>(from, "took_ms")),
                          text_at(from, "by"), text_at(from, "remark")};
    });
}

std::string write_expiry(const ExpiryNote& note) {
    json::object out;
    out["at"] = format_rfc3339(note.at);
    out["component"] = note.component;
    json::array& gone = out["gone"].emplace_array();
    for (const ChainLink& each : note.gone) gone.emplace_back(object_of(each));
    return seal(kExpiry, json::serialize(out));
}

Result<ExpiryNote> read_expiry(std::string_view text) {
    return parsed(kExpiry, text, [](const json::object& from, const Unsealed&) {
        ExpiryNote note{time_at(from, "at"), text_at(from, "component"), {}};
        for (const json::value& each : from.at("gone").as_array()) {
            note.gone.push_back(link_of(each));
        }
        return note;
    });
}

}  // namespace syncwatch::recovery
