#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"

namespace syncwatch {

/// What a member was answered, by the ids that they gave to their requests: a request that comes
/// again (its answer was lost with a socket) is answered again and not done again. Remembers so
/// many and no more.
class Answers {
public:
    static constexpr std::size_t kMostRemembered = 256;

    struct Answer {
        std::optional<MessageId> message;  ///< Of an acknowledged chat message.
        std::optional<Error> error;        ///< nullopt: acknowledged.
    };
    /// What is to be done about a request.
    struct Verdict {
        enum class Kind : std::uint8_t {
            New,    ///< Do it, then call settle().
            Again,  ///< It was done: say `answer` once more.
            Busy,   ///< It is being done: who asks hears of it when it is settled.
        };
        Kind kind = Kind::New;
        const Answer* answer = nullptr;
        /// Nobody knows what came of it the last time: it may have been done.
        bool may_be_done = false;
    };

    /// A request came on `line`; `content` stands for all of it. `resumed`: the line goes on where
    /// others dropped, whose requests it may repeat. Another tab that counts its requests from one
    /// means something else by an id that was used: there only the same content is a repetition.
    Verdict ask(const std::string& id, std::uint64_t line, bool resumed, std::uint64_t content);

    /// The answer is known. Gives the lines that wait for it. What may work later is not
    /// remembered as an answer, but that it was tried is.
    std::vector<std::uint64_t> settle(const std::string& id, const Answer& answer);

private:
    struct Entry {
        enum class State : std::uint8_t { Busy, Settled, Unknown };
        State state = State::Busy;
        std::uint64_t origin = 0;
        std::uint64_t content = 0;
        Answer answer;
        std::vector<std::uint64_t> waiting;
    };

    void remember(const std::string& id);

    std::unordered_map<std::string, Entry> entries_;
    std::deque<std::string> by_age_;
};

}  // namespace syncwatch
