#include "base/network.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace syncwatch {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kMappedBits = 96;

}  // namespace

std::optional<Network::Bytes> Network::bytes_of(std::string_view address) {
    boost::system::error_code bad;
    const auto read = ip::make_address(std::string(address), bad);
    if (bad) return std::nullopt;
    const auto v6 = read.is_v6() ? read.to_v6() : ip::make_address_v6(ip::v4_mapped, read.to_v4());
    if (v6.scope_id() != 0) return std::nullopt;
    Bytes bytes;
    std::ranges::copy(v6.to_bytes(), bytes.begin());
    return bytes;
}

std::optional<Network> Network::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const auto first = bytes_of(address);
    if (!first) return std::nullopt;
    Network network;
    network.first_ = *first;
    network.prefix_ = 8 * first->size();
    if (slash == std::string_view::npos) return network;

    const std::string_view digits = text.substr(slash + 1);
    const std::size_t before = address.find(':') == std::string_view::npos ? kMappedBits : 0;
    std::size_t bits = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (bits > network.prefix_ - before) return std::nullopt;
    network.prefix_ = before + bits;
    // Bits behind the prefix mean that somebody meant another network.
    for (std::size_t bit = network.prefix_; bit < 8 * first->size(); ++bit) {
        if (((*first)[bit / 8] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
    }
    return network;
}

bool Network::contains(std::string_view address) const {
    const auto bytes = bytes_of(address);
    return bytes && matches(*bytes);
}

bool Network::matches(const Bytes& address) const {
    const std::size_t whole = prefix_ / 8;
    if (!std::equal(first_.begin(), first_.begin() + whole, address.begin())) return false;
    const std::size_t rest = prefix_ % 8;
    return rest == 0 || (first_[whole] ^ address[whole]) >> (8 - rest) == 0;
}

}  // namespace syncwatch
