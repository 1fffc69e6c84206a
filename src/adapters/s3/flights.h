#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "base/unique_fd.h"

namespace syncwatch::s3 {

/// One download per object, however many ask for it: the first asks the store, the others wait for
/// what it brings. Safe from any thread.
class Flights {
public:
    /// An object that is here, whether or not it stays in the cache.
    struct Landed {
        std::shared_ptr<const UniqueFd> file;
        std::uint64_t size = 0;
    };
    /// nullopt: the pilot gave up without knowing; somebody else may lead.
    using Outcome = std::optional<Result<Landed>>;

    /// The duty to bring the object. Gone without land(): the others are told nullopt.
    class Pilot {
    public:
        Pilot(Pilot&&) noexcept = default;
        Pilot& operator=(Pilot&&) = delete;
        ~Pilot();
        void land(Result<Landed> outcome);

    private:
        friend class Flights;
        struct Flight;
        Pilot(Flights* flights, std::string key, std::shared_ptr<Flight> flight)
            : flights_(flights), key_(std::move(key)), flight_(std::move(flight)) {}

        Flights* flights_;
        std::string key_;
        std::shared_ptr<Flight> flight_;
    };

    /// nullopt: somebody leads already.
    std::optional<Pilot> lead(const std::string& key);
    /// Waits for who leads; nullopt at once if nobody does.
    net::awaitable<Outcome> join(std::string key);
    /// The object changed: whoever asks from now on does not wait for what is on its way.
    void forget(const std::string& key);

private:
    using Waiting = std::function<void(Outcome)>;

    void wait(const std::string& key, Waiting waiting);
    void end(const std::string& key, const std::shared_ptr<Pilot::Flight>& flight,
             const Outcome& outcome);

    std::mutex mutex_;  // Guards flights_ and what is in them.
    std::map<std::string, std::shared_ptr<Pilot::Flight>> flights_;
};

}  // namespace syncwatch::s3
