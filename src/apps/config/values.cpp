#include "apps/config/values.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "base/network.h"

namespace syncwatch::config {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The digits that `text` begins with, taken off it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end == text.data()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// Letters to change, add, take away or swap with their neighbour, to make one of the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
            cost[i][j] =
                std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::optional<bool> parse_flag(std::string_view text) {
    for (const std::string_view yes : {"true", "yes", "on"}) {
        if (text == yes) return true;
    }
    for (const std::string_view no : {"false", "no", "off"}) {
        if (text == no) return false;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> parse_count(std::string_view text, std::uint64_t least,
                                         std::uint64_t most) {
    const auto number = take_number(text);
    if (!number || !text.empty() || *number < least || *number > most) return std::nullopt;
    return number;
}

std::optional<Rate> parse_rate(std::string_view text) {
    constexpr std::string_view kBetween = "at once,";
    text = trimmed(text);
    const auto burst = take_number(text);
    text = trimmed(text);
    if (!burst || !text.starts_with(kBetween)) return std::nullopt;
    text = trimmed(text.substr(kBetween.size()));
    const auto count = take_number(text);
    if (!count || *burst == 0 || *count == 0) return std::nullopt;
    if (*burst > 1'000'000'000 || *count > 1'000'000'000) return std::nullopt;
    const double per = text == "/s" ? 1 : text == "/m" ? 60 : text == "/h" ? 3600 : 0;
    if (per == 0) return std::nullopt;
    return Rate{static_cast<double>(*burst), static_cast<double>(*count) / per};
}

std::optional<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto port = parse_count(text.substr(colon + 1), 0, 65'535);
    std::string_view host = text.substr(0, colon);
    if (!port) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (host.find(':') == std::string_view::npos) return std::nullopt;
    } else if (host.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    std::string address(host);
    if (host.empty()) address = "0.0.0.0";
    if (host == "localhost") address = "127.0.0.1";
    if (!is_address(address)) return std::nullopt;
    return std::pair{std::move(address), static_cast<std::uint16_t>(*port)};
}

std::optional<std::string> parse_origin(std::string_view text) {
    while (text.ends_with('/')) text.remove_suffix(1);
    std::string_view rest = text;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else {
        return std::nullopt;
    }
    const bool plain = std::all_of(rest.begin(), rest.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
    if (rest.empty() || !plain) return std::nullopt;
    return std::string(text);
}

bool is_address(std::string_view text) {
    boost::system::error_code bad;
    (void)boost::asio::ip::make_address(std::string(text), bad);
    return !bad;
}

bool is_network(std::string_view text) {
    return Network::parse(text).has_value();
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (!trimmed(word).empty()) words.emplace_back(trimmed(word));
    }
    return words;
}

std::string_view closest(std::string_view typed, const std::vector<std::string_view>& candidates) {
    constexpr std::size_t kLongest = 80;
    if (typed.size() > kLongest) return {};
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(2, typed.size() / 4) + 1;
    for (const std::string_view each : candidates) {
        const std::size_t off = distance(typed, each);
        if (off < best_distance) {
            best = each;
            best_distance = off;
        }
    }
    return best;
}

}  // namespace syncwatch::config
