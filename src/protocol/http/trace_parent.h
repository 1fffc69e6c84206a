#pragma once
#include <optional>
#include <string_view>

namespace syncwatch::http {

/// The trace that a request belongs to, from its field "traceparent": 32 lower-case hex digits.
/// nullopt: it belongs to none, or the field is no good and a new trace is to begin.
/// W3C Trace Context, section 3.2.
std::optional<std::string_view> trace_of(std::string_view traceparent);

}  // namespace syncwatch::http
