#pragma once
#include <string>
#include <string_view>

namespace syncwatch {

/// The part of an IP address that one household or attacker holds: all of an IPv4 address, the
/// first 64 bits of an IPv6 one ("2001:db8:1:2::/64"). An IPv4 address written as IPv6 is that
/// IPv4 address. What is no address stays as it is.
std::string address_scope(std::string_view address);

}  // namespace syncwatch
