#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "ports/sealer.h"

namespace syncwatch {

/// What one node has in memory and another one needs while the database is away: rooms, films. Who
/// needs something asks all; those who have it say so, and one of them tells it. What is told is
/// sealed, for the one question that it answers: whoever else reads the bus learns nothing, and
/// whoever writes to it cannot make anything up. Thread-safe.
class PeerAnswers {
public:
    /// They outlive it. `sealer`: with a key that all nodes share and nothing else is sealed by.
    struct Powers {
        Bus& bus;
        Sealer& sealer;
        Clock& clock;
        Random& random;
    };
    struct Options {
        /// Who has not heard anything asks again, …
        std::chrono::milliseconds patience{200};
        /// … so many times in all.
        int tries = 4;
        std::size_t most_asked = 64;  ///< Questions that wait at once; over it all are in vain.
        std::size_t most_bytes = std::size_t{2} << 20;  ///< Of an answer: larger ones are not told.
    };
    /// Whether this node has `subject`. On the executor of listen().
    using Has = std::function<bool(const std::string& subject)>;
    using Told = std::function<void(std::string answer)>;
    /// Gives what it has to `told`, now or later, on any thread; or never.
    using Tell = std::function<void(const std::string& subject, Told told)>;

    explicit PeerAnswers(Powers powers) : PeerAnswers(powers, Options()) {}
    PeerAnswers(Powers powers, Options options);
    ~PeerAnswers();

    /// Answers questions of a kind, a word of ours. Before listen().
    void serve(const std::string& kind, Has has, Tell tell);
    /// Hears the other nodes, until the subscription is destroyed. Outlived by this object.
    [[nodiscard]] std::unique_ptr<Bus::Subscription> listen(net::any_io_executor executor);

    /// What another node has of `subject`, a word of `kind`; those who ask for the same meanwhile
    /// share the answer. Errors: Unavailable (nobody has it, or too many ask).
    Async<std::string> ask(std::string kind, std::string subject);

private:
    struct Source {
        Has has;
        Tell tell;
    };
    struct Question;
    using Subject = std::pair<std::string, std::string>;  ///< Kind and subject.

    std::pair<std::shared_ptr<Question>, bool> join(const Subject& subject);
    std::pair<std::shared_ptr<Question>, Subject> find(const std::string& id);
    bool begin_try(Question& question);
    void settle(const Subject& subject, Question& question, std::optional<std::string> answer);
    net::awaitable<void> pause(std::shared_ptr<Question> question);
    void heard(std::string_view payload);
    void offer(const std::string& id, const Subject& subject);
    void heard_offer(const std::string& id, const std::string& node);
    void tell(const std::string& id, const Subject& subject);
    void heard_answer(const std::string& id, std::string_view sealed);

    const Powers powers_;
    const Options options_;
    const std::string self_;
    std::map<std::string, Source> sources_;
    std::mutex mutex_;  // Guards the next, and what is in it.
    std::map<Subject, std::shared_ptr<Question>> asked_;
};

}  // namespace syncwatch
