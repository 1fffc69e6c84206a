#include "adapters/postgres_bus/notify_link.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <utility>

#include "base/log/log.h"

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kFirstPause = 100ms;
/// Pieces that share a commit at most: bounds how long the first of them waits.
constexpr std::size_t kMaxBatch = 64;

}  // namespace

NotifyLink::NotifyLink(Random& random, Options options)
    : random_(random), options_(std::move(options)) {
    std::array<std::uint8_t, 8> bytes{};
    random_.fill(bytes);
    sender_ = std::bit_cast<std::uint64_t>(bytes);
}

void NotifyLink::start(Receiver receiver) {
    receiver_ = std::move(receiver);
    auto servers = parse_servers(options_.url);
    if (!servers) {
        set_connected(false, servers.error().message);
        return;
    }
    servers_ = *std::move(servers);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void NotifyLink::stop() {
    thread_.request_stop();
    waker_.wake();
    if (thread_.joinable()) thread_.join();
}

void NotifyLink::send(Bytes bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (!status_.connected || queue_.size() >= options_.max_waiting) {
            ++status_.dropped;
            return;
        }
        queue_.push_back(std::move(bytes));
    }
    waker_.wake();
}

BusLink::Status NotifyLink::status() const {
    const std::lock_guard lock(mutex_);
    Status status = status_;
    status.waiting = queue_.size();
    return status;
}

void NotifyLink::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        auto listener = connect();
        if (!listener) {
            set_connected(false, listener.error().message);
        } else if (*listener) {
            pause_ = 0ms;
            set_connected(true, {});
            const auto served = serve(**listener, stop);
            set_connected(false, served ? "stopped" : served.error().message);
        }
        pause(stop);
    }
}

Result<std::unique_ptr<Listener>> NotifyLink::connect() {
    Result<std::unique_ptr<Listener>> opened = nullptr;
    for (std::size_t tried = 0; tried < servers_.size(); ++tried) {
        const auto until = SteadyClock::now() + options_.connect_within;
        Server server = servers_[server_];
        const std::string password = options_.password ? options_.password() : std::string();
        if (!password.empty()) server.parameters.emplace_back("password", password);
        opened = Listener::open(server, options_.channel, waker_, until);
        if (opened) break;
        opened = fail(std::move(opened).error().within(server.at));
        server_ = (server_ + 1) % servers_.size();
    }
    return opened;
}

Result<> NotifyLink::serve(Listener& listener, const std::stop_token& stop) {
    ChunkReader chunks;
    auto answer_until = SteadyClock::time_point::max();
    while (!stop.stop_requested()) {
        if (!listener.is_busy()) {
            const auto batch = next_batch();
            if (!batch.empty()) SW_CHECK(listener.send(batch));
            if (listener.is_busy()) answer_until = SteadyClock::now() + options_.answer_within;
        }
        const auto until =
            listener.is_busy() ? answer_until : SteadyClock::now() + options_.answer_within;
        const auto event = waker_.wait(listener.socket(), listener.has_more_to_write(), until);
        if (event == Waker::Event::Socket) {
            SW_TRY(const auto heard, listener.receive());
            for (const std::string& payload : heard) {
                if (const auto message = chunks.take(payload)) receiver_.message(*message);
            }
        }
        if (listener.is_busy() && SteadyClock::now() >= answer_until) {
            return fail_unavailable("bus", "PostgreSQL does not answer in time", 1s);
        }
    }
    return {};
}

std::vector<std::string> NotifyLink::next_batch() {
    std::vector<std::string> batch;
    const std::lock_guard lock(mutex_);
    while (!queue_.empty() && batch.size() < kMaxBatch) {
        auto chunks = to_chunks(sender_, ++number_, *queue_.front());
        if (chunks.empty()) ++status_.dropped;
        std::ranges::move(chunks, std::back_inserter(batch));
        queue_.pop_front();
    }
    return batch;
}

void NotifyLink::pause(const std::stop_token& stop) {
    pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, kFirstPause, options_.longest_pause);
    // Nodes lose a server together; they do not come back in the same moment.
    std::array<std::uint8_t, 1> chance{};
    random_.fill(chance);
    const auto until = SteadyClock::now() + pause_ / 2 + pause_ * chance[0] / 510;
    while (!stop.stop_requested() && waker_.wait(-1, false, until) != Waker::Event::TimeIsUp) {
    }
}

void NotifyLink::set_connected(bool connected, const std::string& why) {
    bool news = false;
    {
        const std::lock_guard lock(mutex_);
        news = status_.connected != connected;
        // What does not come back is said once, not at each try.
        if (!connected && (news || status_.why != why)) {
            log::warning("postgres.bus_away", {{"why", why}});
        }
        if (status_.connected && !connected) {
            ++status_.breaks;
            status_.dropped += queue_.size();
            queue_.clear();
        }
        status_.connected = connected;
        if (!servers_.empty()) status_.at = servers_[server_].at;
        if (!connected) status_.why = why;
    }
    if (news) receiver_.connected(connected);
}

}  // namespace syncwatch::postgres
