#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace syncwatch {

/// An IP address or a network of them, as operators write it: "192.0.2.7", "10.0.0.0/8",
/// "fd00::/8".
class Network {
public:
    /// nullopt: neither, or bits are set behind the prefix.
    static std::optional<Network> parse(std::string_view text);
    /// Whether this address, as text, is in it. An IPv4 address inside IPv6 is taken for itself.
    bool contains(std::string_view address) const;

private:
    using Bytes = std::array<std::uint8_t, 16>;

    /// IPv4 as IPv6 maps it, so that there is one kind (RFC 4291, 2.5.5.2).
    static std::optional<Bytes> bytes_of(std::string_view address);
    bool matches(const Bytes& address) const;

    Bytes first_{};
    std::size_t prefix_ = 0;  ///< Bits that count.
};

}  // namespace syncwatch
