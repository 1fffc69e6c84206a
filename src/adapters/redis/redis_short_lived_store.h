#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis/client.h"
#include "ports/short_lived_store.h"

namespace syncwatch::redis {

/// Short-lived state in Redis. Every key carries the store's generation, a number kept beside the
/// keys: whoever restores a Redis calls next_generation(), and what came out of the copy is not
/// seen any more. The number is read with each connection and once a second.
/// Any thread; callers resume on their own executor.
class RedisShortLivedStore final : public ShortLivedStore {
public:
    struct Options {
        /// Callers wait for answers: no longer than anybody would notice.
        Options() { client.answer_within = std::chrono::milliseconds(500); }
        Client::Options client;
        std::string prefix = "syncwatch:";  ///< Of all keys.
        std::size_t max_waiting = 4096;     ///< Calls under way; over it: Unavailable.
    };

    /// `random` outlives it. Connects in the background.
    RedisShortLivedStore(Random& random, Options options);
    ~RedisShortLivedStore() override { client_.stop(); }

    Async<> put(std::string key, std::string value, Span span) override;
    Async<std::optional<std::string>> get(std::string key) override;
    Async<std::optional<std::string>> take(std::string key) override;
    Async<bool> claim(std::string key, Span span) override;
    Async<std::int64_t> add(std::string key, std::int64_t by, Span span) override;
    Async<> remove(std::string key) override;

    /// After a restore: whatever is kept is kept no more, on all nodes within about a second. Gives
    /// the new generation.
    Async<std::int64_t> next_generation();

    Client::Status status() const { return client_.status(); }

private:
    /// Makes the commands, given the key as it is in Redis. The answer of the last one counts.
    using Commands = std::function<std::vector<Words>(const std::string& key)>;

    Async<Reply> ask(std::string key, Commands commands);
    /// On the client's thread.
    void begin(const std::string& key, const Commands& commands, Connection::Answer answer);
    Async<> read_generation(std::shared_ptr<Connection> connection);
    std::string generation_key() const { return options_.prefix + "generation"; }

    const Options options_;
    std::atomic<std::size_t> waiting_{0};
    std::string generation_;  ///< On the client's thread.
    Client client_;           ///< Last: its thread uses the rest.
};

}  // namespace syncwatch::redis
