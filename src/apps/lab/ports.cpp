#include "apps/lab/ports.h"

#include <atomic>
#include <numeric>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apps/lab/wait.h"
#include "base/unique_fd.h"

namespace syncwatch::lab {
namespace {

/// Below those that the kernel gives to whoever connects (ip(7), ip_local_port_range): there a port
/// that is free now may be somebody's by the time a server has started. And below the lab's.
constexpr std::uint16_t kFirst = 10'000;
constexpr std::uint16_t kLast = 19'999;
constexpr unsigned kCount = kLast - kFirst + 1;
/// From one that is given to the next: some servers take a few behind theirs as well. Comes by all.
constexpr unsigned kStride = 97;
static_assert(std::gcd(kStride, kCount) == 1);
/// The same for processes that were started one after the other.
constexpr unsigned kProcessStride = 7919;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

}  // namespace

Result<std::uint16_t> free_port() {
    // None is given twice, so two servers that have not started yet do not get the same.
    static std::atomic<unsigned> given{0};
    const unsigned first = static_cast<unsigned>(::getpid()) % kCount * kProcessStride;
    for (unsigned i = 0; i < kCount; ++i) {
        const unsigned at = (first + given++ % kCount * kStride) % kCount;
        const auto port = static_cast<std::uint16_t>(kFirst + at);
        if (is_free(port)) return port;
    }
    return fail(ErrorCode::Exhausted, "no free port on loopback");
}

bool is_free(std::uint16_t port) {
    for (const int kind : {SOCK_STREAM, SOCK_DGRAM}) {
        const UniqueFd fd(::socket(AF_INET, kind | SOCK_CLOEXEC, 0));
        // Connections that ended a moment ago are in nobody's way.
        const int reuse = kind == SOCK_STREAM ? 1 : 0;
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
        const sockaddr_in address = loopback(port);
        const auto* const at = reinterpret_cast<const sockaddr*>(&address);
        if (::bind(fd.get(), at, sizeof(address)) != 0) return false;
    }
    return true;
}

bool is_open(std::uint16_t port) {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

Result<> wait_for_port(std::uint16_t port, std::chrono::milliseconds patience) {
    if (wait_until([port] { return is_open(port); }, patience)) return {};
    return fail(ErrorCode::Timeout, fmt::format("nobody listens on port {}", port));
}

}  // namespace syncwatch::lab
