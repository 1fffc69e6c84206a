#pragma once
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "ports/clock.h"
#include "ports/short_lived_store.h"

namespace syncwatch {

/// The short-lived state of a single process. Safe from any thread.
class MemoryShortLivedStore final : public ShortLivedStore {
public:
    struct Options {
        /// Keys at once; over it, those whose time is over go, then a new one is Exhausted.
        std::size_t max_keys = 100'000;
    };

    explicit MemoryShortLivedStore(Clock& clock) : MemoryShortLivedStore(clock, Options()) {}
    MemoryShortLivedStore(Clock& clock, Options options) : clock_(clock), options_(options) {}

    Async<> put(std::string key, std::string value, Span span) override;
    Async<std::optional<std::string>> get(std::string key) override;
    Async<std::optional<std::string>> take(std::string key) override;
    Async<bool> claim(std::string key, Span span) override;
    Async<std::int64_t> add(std::string key, std::int64_t by, Span span) override;
    Async<> remove(std::string key) override;

private:
    struct Entry {
        std::string value;
        std::int64_t count = 0;
        Instant until;
    };

    // With the mutex held:
    Entry* find(const std::string& key);
    Result<Entry*> make(const std::string& key, Span span);

    Clock& clock_;
    const Options options_;
    std::mutex mutex_;  // Guards what follows; never held across co_await.
    std::map<std::string, Entry> entries_;
};

}  // namespace syncwatch
