#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/message.h"
#include "ports/blob_store.h"

namespace syncwatch::http {

struct FileFacts {
    std::string content_type;
    std::string cache_control;
    std::string etag;  ///< With its quotes: "\"abc\"".
};

/// Answers GET or HEAD with an object: whole (200), a range of it (206), nothing new (304), or a
/// range that is not there (416). One range at a time: a list of several is answered whole, as
/// RFC 9110, 14.2 allows.
Response answer_file(const Request& request, OpenBlob blob, FileFacts facts);

/// A single byte range applied to `size` bytes: first byte and count. nullopt: no usable Range
/// field. A count of 0: it cannot be satisfied.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_range(std::string_view field,
                                                                   std::uint64_t size);

/// True if an If-None-Match list names `etag` (weak comparison, RFC 9110, 13.1.2).
bool matches_etag(std::string_view list, std::string_view etag);

}  // namespace syncwatch::http
