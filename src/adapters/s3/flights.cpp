#include "adapters/s3/flights.h"

#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/resumption.h"

namespace syncwatch::s3 {

struct Flights::Pilot::Flight {
    std::vector<Waiting> waiting;
};

Flights::Pilot::~Pilot() {
    if (flight_) flights_->end(key_, flight_, std::nullopt);
}

void Flights::Pilot::land(Result<Landed> outcome) {
    flights_->end(key_, std::exchange(flight_, nullptr), std::move(outcome));
}

std::optional<Flights::Pilot> Flights::lead(const std::string& key) {
    const std::lock_guard lock(mutex_);
    auto& flight = flights_[key];
    if (flight) return std::nullopt;
    flight = std::make_shared<Pilot::Flight>();
    return Pilot(this, key, flight);
}

void Flights::wait(const std::string& key, Waiting waiting) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = flights_.find(key);
        if (found != flights_.end()) {
            found->second->waiting.push_back(std::move(waiting));
            return;
        }
    }
    waiting(std::nullopt);
}

void Flights::end(const std::string& key, const std::shared_ptr<Pilot::Flight>& flight,
                  const Outcome& outcome) {
    std::vector<Waiting> told;
    {
        const std::lock_guard lock(mutex_);
        told.swap(flight->waiting);
        const auto found = flights_.find(key);
        if (found != flights_.end() && found->second == flight) flights_.erase(found);
    }
    for (const Waiting& each : told) each(outcome);
}

void Flights::forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    flights_.erase(key);
}

net::awaitable<Flights::Outcome> Flights::join(std::string key) {
    auto start = [](auto handler, Flights* flights, std::string wanted) {
        using Waiter = Resumption<decltype(handler)>;
        // Shared, because std::function copies; resumed once all the same.
        auto waiter = std::make_shared<Waiter>(std::move(handler));
        flights->wait(wanted, [waiter](Outcome outcome) { waiter->resume(std::move(outcome)); });
    };
    return net::async_initiate<const net::use_awaitable_t<>, void(Outcome)>(
        std::move(start), net::use_awaitable, this, std::move(key));
}

}  // namespace syncwatch::s3
