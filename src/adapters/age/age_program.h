#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "base/async/async.h"

namespace syncwatch::age {

/// The program `age` (Debian's package of that name): files that only the holders of certain keys
/// can read. What is secret passes through memory alone, and never stands on a command line.
///
/// Errors of all calls: NotFound (reason "no_age": it is not installed), Timeout, Cancelled,
/// Unavailable.
class AgeProgram {
public:
    struct Options {
        std::string program = "age";  ///< A name that $PATH leads to, or a path.
        std::chrono::milliseconds deadline{30'000};
        std::uint64_t most_bytes = std::uint64_t{256} << 20;  ///< Of what is encrypted.
    };

    /// `pool` outlives it: files are read and written on it.
    AgeProgram(Options options, net::thread_pool& pool)
        : options_(std::move(options)), pool_(pool) {}

    /// Encrypts into a new file that nobody else may read, for the holder of any one of the keys;
    /// on error there is none. Gives its size. Errors: InvalidInput (no recipient, or one that is
    /// none: the message names it), Conflict (`into` is there), TooLarge.
    Async<std::uint64_t> encrypt(std::string plain, std::vector<std::string> recipients,
                                 std::filesystem::path into);

    /// What was encrypted, all of it or nothing. `identity` is the file of a secret key, as
    /// age-keygen makes it. Errors: NotFound (`file`; or `identity`, reason "no_identity"),
    /// Forbidden (reason "wrong_key"), InvalidInput (`identity` holds no key, or is locked with a
    /// passphrase: reason "locked_identity"), Corrupt, TooLarge.
    Async<std::string> decrypt(std::filesystem::path file, std::filesystem::path identity);

    /// "1.1.1"
    Async<std::string> version();

private:
    const Options options_;
    net::thread_pool& pool_;
};

}  // namespace syncwatch::age
