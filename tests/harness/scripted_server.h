#pragma once
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/socket.h>

#include "harness/loopback_listener.h"

namespace syncwatch {

/// An HTTP server on loopback that does to its clients what a test says: one connection and one
/// answer after the other. When nothing is left to say it repeats the last.
class ScriptedServer {
public:
    std::uint16_t port() const { return listener_.port(); }

    /// The next answer: bytes as they are, then the connection ends.
    void says(std::string bytes) { add({std::move(bytes), false}); }
    /// The next answer: these bytes, and then nothing for ever.
    void hangs(std::string bytes = {}) { add({std::move(bytes), true}); }

    /// An answer with its length. `headers` end in CRLF each.
    static std::string answer(int status, const std::string& body,
                              const std::string& headers = {}) {
        return fmt::format("HTTP/1.1 {} Word\r\nContent-Length: {}\r\n{}\r\n{}", status,
                           body.size(), headers, body);
    }
    /// S3's own words for what is wrong.
    static std::string error(int status, const std::string& code) {
        return answer(status, "<Error><Code>" + code + "</Code></Error>");
    }

    /// The requests so far, heads and bodies.
    std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    struct Answer {
        std::string bytes;
        bool hang = false;
    };

    void add(Answer answer) {
        const std::lock_guard lock(mutex_);
        script_.push_back(std::move(answer));
    }

    void serve(UniqueFd client) {
        std::string request = read_request(client.get());
        if (request.empty()) return;
        const Answer answer = next(std::move(request));
        (void)::send(client.get(), answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
        if (answer.hang) hanging_.push_back(std::move(client));
    }

    Answer next(std::string request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
        if (script_.empty()) return {};
        Answer answer = script_.front();
        if (script_.size() > 1) script_.pop_front();
        return answer;
    }

    static std::string read_request(int fd) {
        std::string all;
        std::size_t wanted = std::string::npos;
        while (all.size() < wanted) {
            char buffer[16 * 1024];
            const auto got = ::recv(fd, buffer, sizeof(buffer), 0);
            if (got <= 0) return {};
            all.append(buffer, static_cast<std::size_t>(got));
            const std::size_t end = all.find("\r\n\r\n");
            if (wanted != std::string::npos || end == std::string::npos) continue;
            const std::size_t length = all.find("Content-Length: ");
            const bool has_body = length < end;
            wanted = end + 4 + (has_body ? std::stoul(all.substr(length + 16)) : 0);
        }
        return all;
    }

    std::vector<UniqueFd> hanging_;  // The listener's thread's own.
    mutable std::mutex mutex_;       // Guards what follows.
    std::deque<Answer> script_;
    std::vector<std::string> requests_;
    LoopbackListener listener_{[this](UniqueFd client) { serve(std::move(client)); }};
};

}  // namespace syncwatch
