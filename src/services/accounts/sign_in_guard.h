#pragma once
#include <mutex>
#include <string>

#include "domain/account/attempts.h"

namespace syncwatch {

/// Slows down whoever guesses passwords of accounts: by account and address together (a person who
/// forgot), by address (one attacker, many accounts), by account (many addresses, one victim).
/// Thread-safe.
class SignInGuard {
public:
    struct Options {
        Attempts::Options pair{};
        Attempts::Options address{.free_tries = 50};
        /// Generous: a stranger must not lock somebody out easily.
        Attempts::Options account{.free_tries = 100};
    };

    explicit SignInGuard(Options options)
        : pair_(options.pair), address_(options.address), account_(options.account) {}

    /// Errors: Exhausted (reason "locked_out").
    Result<> check(const std::string& account, const std::string& address, Instant now) const;
    /// After the guess: see Attempts::settle.
    Result<> settle(const std::string& account, const std::string& address, bool right,
                    Instant now);

private:
    mutable std::mutex mutex_;
    Attempts pair_;
    Attempts address_;
    Attempts account_;
};

}  // namespace syncwatch
