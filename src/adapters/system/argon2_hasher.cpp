#include "adapters/system/argon2_hasher.h"

#include <array>
#include <utility>

#include <sodium.h>

#include "base/assert.h"
#include "base/async/offload.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

tl::unexpected<Error> too_many() {
    Error error;
    error.code = ErrorCode::Exhausted;
    error.message = "too many passwords are being hashed";
    error.retry_after = 2s;
    return fail(std::move(error));
}

Result<std::string> hash_now(const std::string& password, unsigned passes, std::size_t memory) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), passes, memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return fail_unavailable("memory", "no memory to hash a password", 5s);
    }
    return std::string(out.data());
}

/// The work of a verification, with nothing to compare.
void burn(const std::string& password, unsigned passes, std::size_t memory) {
    std::array<unsigned char, 32> out{};
    const std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
    [[maybe_unused]] const int done =
        crypto_pwhash(out.data(), out.size(), password.data(), password.size(), salt.data(), passes,
                      memory, crypto_pwhash_ALG_ARGON2ID13);
}

}  // namespace

/// One of the places for hashes under way; left when destroyed.
class Argon2Hasher::Place {
public:
    explicit Place(std::atomic<std::size_t>& taken) : taken_(taken) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { taken_.fetch_sub(1, std::memory_order_relaxed); }

private:
    std::atomic<std::size_t>& taken_;
};

Argon2Hasher::Options Argon2Hasher::Options::cheap() {
    Options options;
    options.memory_bytes = crypto_pwhash_MEMLIMIT_MIN;
    options.passes = crypto_pwhash_OPSLIMIT_MIN;
    options.max_under_way = 1024;
    return options;
}

Argon2Hasher::Argon2Hasher(Options options) : options_(options), pool_(options.threads) {
    SW_ASSERT(sodium_init() >= 0);
}

Argon2Hasher::~Argon2Hasher() {
    pool_.join();
}

std::unique_ptr<Argon2Hasher::Place> Argon2Hasher::take_place() {
    if (under_way_.fetch_add(1, std::memory_order_relaxed) >= options_.max_under_way) {
        under_way_.fetch_sub(1, std::memory_order_relaxed);
        return nullptr;
    }
    return std::make_unique<Place>(under_way_);
}

Async<std::string> Argon2Hasher::hash(std::string password) {
    const auto place = take_place();
    if (!place) co_return too_many();
    auto work = [this, password = std::move(password)] {
        return hash_now(password, options_.passes, options_.memory_bytes);
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<bool> Argon2Hasher::verify(std::string password, std::string hash) {
    const auto place = take_place();
    if (!place) co_return too_many();
    auto work = [this, password = std::move(password), hash = std::move(hash)] {
        if (hash.empty()) {
            burn(password, options_.passes, options_.memory_bytes);
            return false;
        }
        return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    };
    const bool matches = co_await offload(pool_, std::move(work));
    co_return matches;
}

}  // namespace syncwatch
