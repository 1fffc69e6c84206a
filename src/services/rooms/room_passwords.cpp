#include "services/rooms/room_passwords.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/resumption.h"

namespace syncwatch {
namespace {

constexpr std::size_t kMaxRemembered = 10'000;

}  // namespace

/// One hash under way, and those who wait for its outcome on executors of their own.
class RoomPasswords::Flight {
public:
    net::awaitable<Result<bool>> wait() {
        auto start = [this](auto handler) {
            // A std::function must be copyable; the handler is not.
            auto parked = std::make_shared<Resumption<decltype(handler)>>(std::move(handler));
            add([parked](const Result<bool>& right) { parked->resume(right); });
        };
        return net::async_initiate<const net::use_awaitable_t<>, void(Result<bool>)>(
            std::move(start), net::use_awaitable);
    }

    void land(const Result<bool>& right) {
        std::vector<std::function<void(const Result<bool>&)>> waiting;
        {
            const std::lock_guard lock(mutex_);
            outcome_ = right;
            waiting.swap(waiting_);
        }
        for (const auto& resume : waiting) resume(right);
    }

private:
    void add(std::function<void(const Result<bool>&)> resume) {
        std::optional<Result<bool>> outcome;
        {
            const std::lock_guard lock(mutex_);
            outcome = outcome_;
            if (!outcome) waiting_.push_back(resume);
        }
        if (outcome) resume(*outcome);
    }

    std::mutex mutex_;
    std::optional<Result<bool>> outcome_;
    std::vector<std::function<void(const Result<bool>&)>> waiting_;
};

RoomPasswords::RoomPasswords(PasswordHasher& hasher, Random& random) : hasher_(hasher) {
    random.fill(secret_);
}

Async<bool> RoomPasswords::check(std::string password_hash, std::string password) {
    const Key key = key_of(password_hash, password);
    std::shared_ptr<Flight> others;
    {
        const std::lock_guard lock(mutex_);
        if (right_.contains(key)) co_return true;
        auto& flight = under_way_[key];
        if (flight) {
            others = flight;
        } else {
            flight = std::make_shared<Flight>();
        }
    }
    if (others) co_return co_await others->wait();
    Result<bool> right = co_await hasher_.verify(std::move(password), std::move(password_hash));
    land(key, right);
    co_return right;
}

Async<std::string> RoomPasswords::hash(std::string password) {
    co_return co_await hasher_.hash(std::move(password));
}

void RoomPasswords::land(const Key& key, const Result<bool>& right) {
    std::shared_ptr<Flight> flight;
    {
        const std::lock_guard lock(mutex_);
        const auto found = under_way_.find(key);
        flight = std::move(found->second);
        under_way_.erase(found);
        if (right.value_or(false)) {
            if (right_.size() >= kMaxRemembered) right_.clear();
            right_.insert(key);
        }
    }
    flight->land(right);
}

RoomPasswords::Key RoomPasswords::key_of(const std::string& password_hash,
                                         const std::string& password) const {
    // A hash holds no NUL, so no two pairs run together.
    return hmac_sha256(secret_, as_bytes(password_hash + '\0' + password));
}

}  // namespace syncwatch
