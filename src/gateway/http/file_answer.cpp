#include "gateway/http/file_answer.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace syncwatch::http {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_range(std::string_view field,
                                                                   std::uint64_t size) {
    constexpr std::string_view kUnit = "bytes=";
    if (!field.starts_with(kUnit) || field.find(',') != std::string_view::npos) return std::nullopt;
    field.remove_prefix(kUnit.size());
    const std::size_t dash = field.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view from = field.substr(0, dash);
    const std::string_view to = field.substr(dash + 1);
    using Part = std::pair<std::uint64_t, std::uint64_t>;
    if (from.empty()) {
        const auto last = parse_number(to);
        if (!last) return std::nullopt;
        const std::uint64_t count = std::min(*last, size);
        return Part{size - count, count};
    }
    const auto first = parse_number(from);
    if (!first) return std::nullopt;
    std::uint64_t end = size == 0 ? 0 : size - 1;
    if (!to.empty()) {
        const auto given = parse_number(to);
        if (!given || *given < *first) return std::nullopt;
        end = std::min(end, *given);
    }
    if (*first >= size) return Part{0, 0};
    return Part{*first, end - *first + 1};
}

bool matches_etag(std::string_view list, std::string_view etag) {
    if (list == "*") return true;
    while (!list.empty()) {
        std::string_view one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == etag) return true;
    }
    return false;
}

Response answer_file(const Request& request, OpenBlob blob, FileFacts facts) {
    Response response;
    response.fields.add("Content-Type", std::move(facts.content_type));
    response.fields.add("Cache-Control", std::move(facts.cache_control));
    response.fields.add("ETag", facts.etag);
    response.fields.add("Accept-Ranges", "bytes");
    if (const auto known = request.fields.find("If-None-Match");
        known && matches_etag(*known, facts.etag)) {
        response.status = 304;
        return response;
    }
    FileBody body{std::move(blob.fd), 0, blob.size};
    const auto range = request.fields.find("Range");
    // If-Range with another version: the whole of this one (RFC 9110, 13.1.5).
    const auto if_range = request.fields.find("If-Range");
    if (range && request.method == Method::Get && (!if_range || *if_range == facts.etag)) {
        if (const auto part = parse_range(*range, blob.size)) {
            if (part->second == 0) {
                response.status = 416;
                response.fields.add("Content-Range", fmt::format("bytes */{}", blob.size));
                return response;
            }
            response.status = 206;
            response.fields.add("Content-Range",
                                fmt::format("bytes {}-{}/{}", part->first,
                                            part->first + part->second - 1, blob.size));
            body.offset = part->first;
            body.size = part->second;
        }
    }
    response.body = std::move(body);
    return response;
}

}  // namespace syncwatch::http
