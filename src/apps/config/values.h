#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/config/settings.h"

/// Values as operators write them; bytes and lengths of time are in base/quantity.h. Each gives
/// nullopt for what it cannot read.
namespace syncwatch::config {

/// "true", "false", "yes", "no", "on", "off".
std::optional<bool> parse_flag(std::string_view text);
/// Decimal digits from `least` to `most`.
std::optional<std::uint64_t> parse_count(std::string_view text, std::uint64_t least,
                                         std::uint64_t most);
/// "2000 at once, 200/s".
std::optional<Rate> parse_rate(std::string_view text);
/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (every address).
std::optional<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text);
/// "https://films.example", with a port perhaps, without a path.
std::optional<std::string> parse_origin(std::string_view text);
/// An IPv4 or IPv6 address.
bool is_address(std::string_view text);
/// Such an address, or a network of them, as in "10.0.0.0/8".
bool is_network(std::string_view text);
/// "a, b,c" → a, b, c.
std::vector<std::string> split_list(std::string_view text);

/// The candidate that a typing error most probably meant; empty: none is close.
std::string_view closest(std::string_view typed, const std::vector<std::string_view>& candidates);

}  // namespace syncwatch::config
