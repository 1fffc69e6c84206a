#include "services/accounts/stand_in.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace syncwatch {
namespace {

// Version, user, session, time of issue (µs, the greatest byte first), name.
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kIdSize = 16;
constexpr std::size_t kTimeSize = 8;
constexpr std::size_t kHeadSize = 1 + 2 * kIdSize + kTimeSize;
/// A name has 40 characters at most.
constexpr std::size_t kMostToken = 512;

}  // namespace

std::string seal(const StandIn& guest, Sealer& sealer) {
    std::vector<std::uint8_t> bytes{kVersion};
    bytes.insert(bytes.end(), guest.user.uuid.bytes.begin(), guest.user.uuid.bytes.end());
    bytes.insert(bytes.end(), guest.session.uuid.bytes.begin(), guest.session.uuid.bytes.end());
    const auto micros = static_cast<std::uint64_t>(to_micros(guest.issued));
    for (std::size_t i = kTimeSize; i > 0; --i) {
        bytes.push_back(static_cast<std::uint8_t>(micros >> (8 * (i - 1))));
    }
    bytes.insert(bytes.end(), guest.name.begin(), guest.name.end());
    return sealer.seal(bytes);
}

std::optional<StandIn> open_stand_in(std::string_view token, const Sealer& sealer) {
    if (token.size() > kMostToken) return std::nullopt;
    const auto opened = sealer.open(token);
    if (!opened || opened->size() < kHeadSize || opened->front() != kVersion) return std::nullopt;
    StandIn guest;
    const auto user = opened->begin() + 1;
    const auto session = user + kIdSize;
    const auto issued = session + kIdSize;
    std::copy(user, session, guest.user.uuid.bytes.begin());
    std::copy(session, issued, guest.session.uuid.bytes.begin());
    std::uint64_t micros = 0;
    for (auto byte = issued; byte != issued + kTimeSize; ++byte) micros = micros << 8 | *byte;
    guest.issued = from_micros(static_cast<std::int64_t>(micros));
    guest.name.assign(issued + kTimeSize, opened->end());
    return guest;
}

}  // namespace syncwatch
