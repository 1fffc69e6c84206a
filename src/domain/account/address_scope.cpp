#include "domain/account/address_scope.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace syncwatch {
namespace {

constexpr std::array<unsigned char, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::string address_scope(std::string_view address) {
    std::string text(address.substr(0, address.find('%')));  // a zone names this machine's port
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin())) {
        return inet_ntop(AF_INET, bytes.data() + kMappedPrefix.size(), out.data(), out.size());
    }
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return std::string(inet_ntop(AF_INET6, bytes.data(), out.data(), out.size())) + "/64";
}

}  // namespace syncwatch
