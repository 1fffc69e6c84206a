#include "recovery/embedded/manifest.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json_text.h"
#include "recovery/embedded/json_fields.h"

namespace syncwatch::recovery {

namespace {

namespace json = boost::json;

/// Of everything but itself, so that no number in it is changed unseen.
std::string sealed(const BaseManifest& manifest) {
    JsonText out(512 + manifest.parts.size() * 100);
    out.open_object();
    out.set("format", 1);
    out.set("generation", manifest.generation);
    out.set("base", manifest.base);
    out.set("begun_us", to_micros(manifest.begun));
    out.set("whole_from_us", to_micros(manifest.whole_from));
    out.set("from_piece", static_cast<std::int64_t>(manifest.from_piece));
    out.set("bytes", static_cast<std::int64_t>(manifest.bytes));
    out.set("page_bytes", static_cast<std::int64_t>(manifest.page_bytes));
    out.set("pages", static_cast<std::int64_t>(manifest.pages()));
    out.set("schema_version", manifest.schema_version);
    out.set("sha256", manifest.sha256);
    out.name("parts");
    out.open_array();
    for (const BaseManifest::Part& part : manifest.parts) {
        out.open_object();
        out.set("bytes", static_cast<std::int64_t>(part.bytes));
        out.set("sha256", part.sha256);
        out.close_object();
    }
    out.close_array();
    out.close_object();
    return out.take();
}

std::string seal_of(std::string_view text) {
    return encode_hex(sha256(as_bytes(text)));
}

Result<> read_parts(const json::object& from, BaseManifest& manifest) {
    const auto* value = from.if_contains("parts");
    const auto* list = value == nullptr ? nullptr : value->if_array();
    if (list == nullptr) return fields::missing("parts");
    std::uint64_t bytes = 0;
    for (const json::value& each : *list) {
        const auto* object = each.if_object();
        if (object == nullptr) return fields::missing("parts");
        BaseManifest::Part part;
        SW_TRY(part.bytes, fields::number(*object, "bytes"));
        SW_TRY(part.sha256, fields::text(*object, "sha256"));
        bytes += part.bytes;
        manifest.parts.push_back(std::move(part));
    }
    if (bytes != manifest.bytes) return fields::missing("bytes");
    return {};
}

}  // namespace

std::string BaseManifest::digest_of_parts() const {
    std::string all;
    for (const Part& part : parts) all += part.sha256;
    return seal_of(all);
}

/// Two lines: what it says, and the SHA-256 of that.
std::string encode_manifest(const BaseManifest& manifest) {
    std::string text = sealed(manifest);
    const std::string seal = seal_of(text);
    return text.append("\n").append(seal).append("\n");
}

Result<BaseManifest> decode_manifest(std::string_view text) {
    const std::size_t line = text.find('\n');
    const auto corrupt = [](const char* how) { return fail(ErrorCode::Corrupt, how); };
    if (line == std::string_view::npos ||
        text.substr(line + 1) != seal_of(text.substr(0, line)) + "\n") {
        return corrupt("the manifest is damaged");
    }
    boost::system::error_code failed;
    const json::value root = json::parse(json::string_view(text.data(), line), failed);
    const auto* from = failed ? nullptr : root.if_object();
    if (from == nullptr) return corrupt("the manifest is no JSON");
    BaseManifest out;
    SW_TRY(const int format, fields::number<int>(*from, "format"));
    if (format != 1) return corrupt("the manifest is of a newer format: use the newer program");
    SW_TRY(out.generation, fields::text(*from, "generation"));
    SW_TRY(out.base, fields::text(*from, "base"));
    SW_TRY(const auto begun, fields::number<std::int64_t>(*from, "begun_us"));
    SW_TRY(const auto whole_from, fields::number<std::int64_t>(*from, "whole_from_us"));
    out.begun = from_micros(begun);
    out.whole_from = from_micros(whole_from);
    SW_TRY(out.from_piece, fields::number(*from, "from_piece"));
    SW_TRY(out.bytes, fields::number(*from, "bytes"));
    SW_TRY(out.page_bytes, fields::number<std::uint32_t>(*from, "page_bytes"));
    SW_TRY(out.schema_version, fields::number<int>(*from, "schema_version"));
    SW_TRY(out.sha256, fields::text(*from, "sha256"));
    SW_CHECK(read_parts(*from, out));
    if (out.sha256 != out.digest_of_parts()) return corrupt("the manifest contradicts itself");
    return out;
}

}  // namespace syncwatch::recovery
