#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "ports/bus.h"

namespace syncwatch {

/// Listens to one topic of a bus on a thread of its own and keeps what it heard, for tests that
/// wait.
class BusEar {
public:
    BusEar(Bus& bus, const std::string& topic) : thread_([this] { context_.run(); }) {
        auto hear = [this](const std::string& payload) {
            const std::lock_guard lock(mutex_);
            heard_.push_back(payload);
            changed_.notify_all();
        };
        auto notice = [this] {
            const std::lock_guard lock(mutex_);
            ++gaps_;
            changed_.notify_all();
        };
        ticket_ = bus.subscribe(topic, context_.get_executor(), std::move(hear));
        gap_ticket_ = bus.on_gap(context_.get_executor(), std::move(notice));
    }
    BusEar(const BusEar&) = delete;
    BusEar& operator=(const BusEar&) = delete;
    ~BusEar() {
        boost::asio::post(context_, [this] {
            ticket_.reset();
            gap_ticket_.reset();
        });
        open_.reset();
        thread_.join();
    }

    /// Waits until `enough` of what was heard. False: not within `patience`.
    bool wait(const std::function<bool(const std::vector<std::string>&)>& enough,
              std::chrono::milliseconds patience = std::chrono::seconds(30)) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return enough(heard_); });
    }
    bool wait_for(const std::string& payload,
                  std::chrono::milliseconds patience = std::chrono::seconds(30)) {
        return wait(
            [&](const std::vector<std::string>& heard) {
                return std::find(heard.begin(), heard.end(), payload) != heard.end();
            },
            patience);
    }
    bool wait_for_gaps(int count, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return gaps_ >= count; });
    }
    std::vector<std::string> heard() const {
        const std::lock_guard lock(mutex_);
        return heard_;
    }
    int gaps() const {
        const std::lock_guard lock(mutex_);
        return gaps_;
    }

private:
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_ =
        boost::asio::make_work_guard(context_);
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> heard_;
    int gaps_ = 0;
    std::unique_ptr<Bus::Subscription> ticket_;
    std::unique_ptr<Bus::Subscription> gap_ticket_;
    std::thread thread_;
};

}  // namespace syncwatch
