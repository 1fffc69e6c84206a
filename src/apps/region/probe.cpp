#include "apps/region/probe.h"

#include <array>
#include <cstdlib>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/unique_fd.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

/// Connected, with a limit on each wait; empty: nobody is there.
UniqueFd connect_to(std::uint16_t port) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    timeval limit{};
    limit.tv_sec = kAnswerWithin.count();
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(fd.get(), to, sizeof(address)) != 0) return {};
    return fd;
}

}  // namespace

Result<std::string> ask(std::uint16_t port, std::string_view question,
                        const std::function<bool(std::string_view)>& whole) {
    const auto until = std::chrono::steady_clock::now() + kAnswerWithin;
    const UniqueFd fd = connect_to(port);
    if (!fd) return fail_unavailable("lab", fmt::format("nobody listens at {}", port), 1s);
    if (::send(fd.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) {
        return fail_unavailable("lab", "it takes no question", 1s);
    }
    std::string answer;
    std::array<char, 4096> buffer{};
    while (!whole(answer)) {
        const ssize_t got = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
        if (got == 0) break;
        if (got < 0 || std::chrono::steady_clock::now() > until) {
            return fail(ErrorCode::Timeout, "it does not answer");
        }
        answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (answer.empty()) return fail_unavailable("lab", "it says nothing", 1s);
    return answer;
}

Result<PlainAnswer> get(std::uint16_t port, const std::string& path) {
    const std::string question = fmt::format(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", path, port);
    SW_TRY(const std::string answer, ask(port, question, [](std::string_view) { return false; }));
    const std::size_t body = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.") || body == std::string::npos) {
        return fail_unavailable("lab", "it does not answer in HTTP", 1s);
    }
    constexpr std::size_t kStatusAt = std::string_view("HTTP/1.1 ").size();
    return PlainAnswer{std::atoi(answer.c_str() + kStatusAt), answer.substr(body + 4)};
}

Result<std::string> get_ok(std::uint16_t port, const std::string& path) {
    SW_TRY(auto answer, get(port, path));
    if (answer.status == 200) return std::move(answer.body);
    return fail_unavailable("lab", fmt::format("{} is answered with {}", path, answer.status), 1s);
}

}  // namespace syncwatch::lab
