#include "adapters/memory/memory_bus.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "base/log/log.h"

namespace syncwatch {

struct MemoryBus::Receiver {
    Receiver(net::any_io_executor executor_in, Handler handler_in)
        : executor(std::move(executor_in)), handler(std::move(handler_in)) {}

    net::any_io_executor executor;
    Handler handler;
    std::atomic<std::size_t> waiting{0};
    bool subscribed = true;  // Touched on the receiver's executor alone.
};

struct MemoryBus::Topics {
    std::mutex mutex;
    std::map<std::string, std::vector<std::shared_ptr<Receiver>>, std::less<>> receivers;
};

class MemoryBus::Ticket final : public Bus::Subscription {
public:
    Ticket(std::shared_ptr<Topics> topics, std::string topic, std::shared_ptr<Receiver> receiver)
        : topics_(std::move(topics)), topic_(std::move(topic)), receiver_(std::move(receiver)) {}
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    ~Ticket() override {
        receiver_->subscribed = false;
        const std::lock_guard lock(topics_->mutex);
        const auto found = topics_->receivers.find(topic_);
        if (found == topics_->receivers.end()) return;
        std::erase(found->second, receiver_);
        if (found->second.empty()) topics_->receivers.erase(found);
    }

private:
    std::shared_ptr<Topics> topics_;
    std::string topic_;
    std::shared_ptr<Receiver> receiver_;
};

MemoryBus::MemoryBus(Options options) : options_(options), topics_(std::make_shared<Topics>()) {}
MemoryBus::~MemoryBus() = default;

void MemoryBus::publish(const std::string& topic, std::string payload) {
    const auto message = std::make_shared<const std::string>(std::move(payload));
    const auto cause = std::make_shared<const std::string>(log::current_request());
    // Posting under the lock keeps the order the same for every receiver; it never waits.
    const std::lock_guard lock(topics_->mutex);
    const auto found = topics_->receivers.find(topic);
    if (found == topics_->receivers.end()) return;
    for (const auto& receiver : found->second) {
        if (receiver->waiting.fetch_add(1, std::memory_order_relaxed) >= options_.max_waiting) {
            receiver->waiting.fetch_sub(1, std::memory_order_relaxed);
            dropped_.fetch_add(1, std::memory_order_relaxed);
            continue;
        }
        auto deliver = [receiver, message, cause] {
            const log::Context context(*cause);
            receiver->waiting.fetch_sub(1, std::memory_order_relaxed);
            if (receiver->subscribed) receiver->handler(*message);
        };
        net::post(receiver->executor, std::move(deliver));
    }
}

std::unique_ptr<Bus::Subscription> MemoryBus::subscribe(const std::string& topic,
                                                        net::any_io_executor executor,
                                                        Handler handler) {
    auto receiver = std::make_shared<Receiver>(std::move(executor), std::move(handler));
    {
        const std::lock_guard lock(topics_->mutex);
        topics_->receivers[topic].push_back(receiver);
    }
    return std::make_unique<Ticket>(topics_, topic, std::move(receiver));
}

std::unique_ptr<Bus::Subscription> MemoryBus::on_gap(net::any_io_executor, GapHandler) {
    return std::make_unique<Subscription>();
}

}  // namespace syncwatch
