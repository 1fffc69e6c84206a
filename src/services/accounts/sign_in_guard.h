#pragma once
#include <string>

#include "services/limits/guess_limit.h"

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
        : pair_("passwords.pair", options.pair),
          address_("passwords.address", options.address),
          account_("passwords.account", options.account) {}

    /// From now on with the other nodes. Once, before it is used; `sharing` outlives it.
    void share(LimitSharing& sharing, const Clock& clock);

    /// Errors: Exhausted (reason "locked_out").
    Result<> check(const std::string& account, const std::string& address, Instant now) const;
    /// After the guess: see Attempts::settle.
    Result<> settle(const std::string& account, const std::string& address, bool right,
                    Instant now);

private:
    GuessLimit pair_;
    GuessLimit address_;
    GuessLimit account_;
};

}  // namespace syncwatch
