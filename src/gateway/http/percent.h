#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace syncwatch::http {

enum class Plus : std::uint8_t { IsPlus, IsSpace };

/// Undoes percent-encoding (RFC 3986, 2.1). nullopt: a '%' without two hex digits behind it.
std::optional<std::string> decode_percent(std::string_view text, Plus plus);

}  // namespace syncwatch::http
