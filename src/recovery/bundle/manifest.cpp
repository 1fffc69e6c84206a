#include "recovery/bundle/manifest.h"

#include <chrono>
#include <exception>
#include <set>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "recovery/bundle/tar.h"

namespace syncwatch::recovery {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "syncwatch.bundle/1";
constexpr std::size_t kDigestLetters = 64;

/// Thrown where Boost.JSON throws its own: who parses a text is where it ends.
struct NoManifest : std::exception {};

void must_hold(bool so) {
    if (!so) throw NoManifest();
}

std::string text_at(const json::object& from, std::string_view name) {
    const json::string& found = from.at(name).as_string();
    return {found.data(), found.size()};
}

json::object object_of(const BundledFile& file) {
    return {{"path", file.path},
            {"role", file.role},
            {"sha256", file.sha256},
            {"size", file.size},
            {"mode", fmt::format("{:04o}", file.mode)},
            {"owner", file.owner},
            {"group", file.group},
            {"redacted", file.redacted}};
}

unsigned mode_at(const json::object& from) {
    const std::string text = text_at(from, "mode");
    must_hold(text.size() == 4);
    unsigned mode = 0;
    for (const char digit : text) {
        must_hold(digit >= '0' && digit <= '7');
        mode = mode << 3 | static_cast<unsigned>(digit - '0');
    }
    return mode;
}

BundledFile file_of(const json::object& from) {
    BundledFile file;
    file.path = text_at(from, "path");
    must_hold(file.path.starts_with('/') && is_safe_name(std::string_view(file.path).substr(1)));
    file.role = text_at(from, "role");
    file.sha256 = text_at(from, "sha256");
    must_hold(file.sha256.size() == kDigestLetters && decode_hex(file.sha256).has_value());
    file.size = from.at("size").to_number<std::uint64_t>();
    file.mode = mode_at(from);
    file.owner = text_at(from, "owner");
    file.group = text_at(from, "group");
    file.redacted = from.at("redacted").as_bool();
    return file;
}

BundleKind kind_of(const std::string& text) {
    must_hold(text == word(BundleKind::Config) || text == word(BundleKind::Secrets));
    return text == word(BundleKind::Config) ? BundleKind::Config : BundleKind::Secrets;
}

Manifest manifest_of(const json::object& from) {
    Manifest manifest;
    manifest.kind = kind_of(text_at(from, "kind"));
    const auto made = parse_rfc3339(text_at(from, "made"));
    must_hold(made.has_value());
    manifest.made = std::chrono::floor<std::chrono::milliseconds>(*made);
    manifest.node = text_at(from, "node");
    manifest.configuration = text_at(from, "configuration");
    const json::object& versions = from.at("versions").as_object();
    for (const auto& [name, version] : versions) {
        manifest.versions[std::string(name)] = text_at(versions, name);
    }
    std::set<std::string> paths;
    for (const json::value& each : from.at("files").as_array()) {
        manifest.files.push_back(file_of(each.as_object()));
        must_hold(paths.insert(manifest.files.back().path).second);
    }
    return manifest;
}

/// One entry a line, by hand: Boost.JSON writes all on one.
std::string lines_of(const json::object& object) {
    std::string text;
    for (const auto& [name, value] : object) {
        text += text.empty() ? "  " : ",\n  ";
        text += fmt::format("{}: {}", json::serialize(json::value(name)), json::serialize(value));
    }
    return text;
}

}  // namespace

std::string_view word(BundleKind kind) {
    return kind == BundleKind::Config ? "config" : "secrets";
}

std::string write_manifest(const Manifest& manifest) {
    json::object versions;
    for (const auto& [name, version] : manifest.versions) versions[name] = version;
    const json::object head{{"schema", kSchema},
                            {"kind", word(manifest.kind)},
                            {"made", format_rfc3339(manifest.made)},
                            {"node", manifest.node},
                            {"configuration", manifest.configuration},
                            {"versions", std::move(versions)}};
    std::string files;
    for (const BundledFile& each : manifest.files) {
        files +=
            fmt::format("{}    {}", files.empty() ? "" : ",\n", json::serialize(object_of(each)));
    }
    return fmt::format("{{\n{},\n  \"files\": [\n{}\n  ]\n}}\n", lines_of(head), files);
}

Result<Manifest> read_manifest(std::string_view text) {
    try {
        const json::value parsed = json::parse({text.data(), text.size()});
        const json::object& object = parsed.as_object();
        if (text_at(object, "schema") != kSchema) {
            return fail(ErrorCode::Corrupt, "this version does not understand the manifest");
        }
        return manifest_of(object);
    } catch (const std::exception&) {
        return fail(ErrorCode::Corrupt, "the manifest is damaged");
    }
}

}  // namespace syncwatch::recovery
