#include "protocol/http/trace_parent.h"

namespace syncwatch::http {
namespace {

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Hex digits that are not all zero.
bool is_id(std::string_view text) {
    return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> trace_of(std::string_view traceparent) {
    // VERSION(2) - TRACE(32) - PARENT(16) - FLAGS(2); later versions may add more behind a dash.
    constexpr std::size_t kLength = 2 + 1 + 32 + 1 + 16 + 1 + 2;
    if (traceparent.size() < kLength) return std::nullopt;
    const std::string_view version = traceparent.substr(0, 2);
    const std::string_view trace = traceparent.substr(3, 32);
    const bool good = is_hex(version) && version != "ff" && traceparent[2] == '-' && is_id(trace) &&
                      traceparent[35] == '-' && is_id(traceparent.substr(36, 16)) &&
                      traceparent[52] == '-' && is_hex(traceparent.substr(53, 2));
    if (!good) return std::nullopt;
    const bool more = traceparent.size() > kLength;
    if (more && (version == "00" || traceparent[kLength] != '-')) return std::nullopt;
    return trace;
}

}  // namespace syncwatch::http
