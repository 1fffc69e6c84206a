#include "apps/lab/ports.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "apps/lab/wait.h"
#include "base/unique_fd.h"

namespace syncwatch::lab {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

}  // namespace

Result<std::uint16_t> free_port() {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd.get(), any, size) != 0 || ::getsockname(fd.get(), any, &size) != 0) {
        return fail(ErrorCode::Exhausted, "no free port on loopback");
    }
    return ntohs(address.sin_port);
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
