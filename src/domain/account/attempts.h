#pragma once
#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"

namespace syncwatch {

/// Counts wrong guesses by key (an account, an address, both) and locks a key out after too many,
/// for longer each time. A value: no clock, no lock of its own.
///
/// Call check() before the guess is looked at and settle() after: a guess that ends after the key
/// was locked, by others that ran beside it, is answered "locked out" whether right or wrong, so
/// guessing in parallel gains nothing.
class Attempts {
public:
    struct Options {
        int free_tries = 5;
        std::chrono::seconds first_lock{60};
        std::chrono::seconds longest_lock{15 * 60};
        /// A key that failed no more for this long is forgotten.
        std::chrono::seconds memory{60 * 60};
        /// Keys kept; over it those that failed longest ago are forgotten.
        std::size_t capacity = 16'384;
    };

    explicit Attempts(Options options) : options_(options) {}

    /// Errors: Exhausted (reason "locked_out", with the time left).
    Result<> check(const std::string& key, Instant now) const;
    /// Counts a wrong guess, or forgets the earlier ones after a right one. Errors: as check().
    Result<> settle(const std::string& key, bool right, Instant now);

private:
    struct Record {
        int wrong = 0;  ///< Since the last lock.
        int locks = 0;
        Instant locked_until{};
        Instant last_wrong{};
        std::list<std::string>::iterator place;  ///< In by_age_.
    };
    void forget_old(Instant now);

    const Options options_;
    std::unordered_map<std::string, Record> records_;
    std::list<std::string> by_age_;  ///< Keys, the one that failed longest ago first.
};

}  // namespace syncwatch
