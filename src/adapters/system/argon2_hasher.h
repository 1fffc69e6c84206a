#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "ports/password_hasher.h"

namespace syncwatch {

/// Argon2id through libsodium, on threads of its own, so that a burst of sign-ins slows sign-ins
/// and nothing else.
class Argon2Hasher final : public PasswordHasher {
public:
    struct Options {
        unsigned threads = 2;
        /// Hashes waiting or under way at once; over it: Exhausted. With two threads, 64 of them
        /// take about two seconds.
        std::size_t max_under_way = 64;
        /// Of one hash, while it runs; OWASP's advice for Argon2id begins at 19 MiB and 2 passes.
        std::size_t memory_bytes = std::size_t{32} * 1024 * 1024;
        unsigned passes = 2;

        /// As cheap as Argon2id gets: for tests.
        static Options cheap();
    };

    explicit Argon2Hasher(Options options);
    ~Argon2Hasher() override;

    Async<std::string> hash(std::string password) override;
    Async<bool> verify(std::string password, std::string hash) override;

private:
    class Place;
    std::unique_ptr<Place> take_place();

    const Options options_;
    std::atomic<std::size_t> under_way_{0};
    net::thread_pool pool_;
};

}  // namespace syncwatch
