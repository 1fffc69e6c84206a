#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/config/keys.h"

/// The parts of the table of keys, in its order, and what they share.
namespace syncwatch::config {

/// server, data
std::span<const Key> server_keys();
/// database, bus
std::span<const Key> database_keys();
/// objects
std::span<const Key> objects_keys();
/// recovery, node, log
std::span<const Key> node_keys();
/// accounts, limits
std::span<const Key> accounts_keys();
/// uploads, media
std::span<const Key> media_keys();
/// tls, web, metrics, ice
std::span<const Key> web_keys();

using Words = const std::vector<std::string>&;

/// Puts what was read where it belongs. False: nothing was read.
template <class Read, class To>
bool put(std::optional<Read> read, To& to) {
    if (!read) return false;
    to = static_cast<To>(*std::move(read));
    return true;
}

/// Any text but none.
template <class To>
bool take_text(Words words, To& to) {
    to = words[0];
    return !words[0].empty();
}

inline constexpr std::string_view kSpan = "a time, as in \"90s\", \"15m\", \"12h\" or \"30d\"";
inline constexpr std::string_view kSize = "a size, as in \"500MB\" or \"50GiB\"";
inline constexpr std::string_view kFlag = "true or false";
inline constexpr std::string_view kRate = "a rate, as in \"100 at once, 2/s\" (or /m, /h)";
inline constexpr std::string_view kAddresses = "IP addresses";
inline constexpr std::string_view kFile = "the path of a file";

}  // namespace syncwatch::config
