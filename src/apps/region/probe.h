#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch::lab {

/// How long a healthy server may take to answer.
constexpr auto kAnswerWithin = std::chrono::seconds(2);

/// What a server on loopback answers to `question`, until `whole(answer)` or it closes.
/// Errors: Unavailable (nobody is there, or it says nothing), Timeout.
Result<std::string> ask(std::uint16_t port, std::string_view question,
                        const std::function<bool(std::string_view)>& whole);

struct PlainAnswer {
    int status = 0;
    std::string body;
};

/// GET over HTTP. Errors: as ask().
Result<PlainAnswer> get(std::uint16_t port, const std::string& path);

/// That GET is answered with 200; gives the body. Errors: as ask(), Unavailable (another status).
Result<std::string> get_ok(std::uint16_t port, const std::string& path);

}  // namespace syncwatch::lab
