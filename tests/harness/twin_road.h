#pragma once
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "adapters/linked_bus/bus_link.h"

namespace syncwatch {

/// A road between nodes of one test, with a thread of its own in place of a server, which can be
/// cut off from some or from all, or hang.
class TwinRoad {
public:
    TwinRoad() : thread_([this] { context_.run(); }) {}
    TwinRoad(const TwinRoad&) = delete;
    TwinRoad& operator=(const TwinRoad&) = delete;
    ~TwinRoad() {
        open_.reset();
        thread_.join();
    }

    /// The next node's end. Nodes are numbered from 0. Ends before the road does.
    std::unique_ptr<BusLink> link() { return std::make_unique<End>(*this, next_++); }

    /// Breaks the node's connection, or lets it connect again.
    void set_up(int node, bool up) {
        on_thread([this, node, up] {
            if (up == !down_.contains(node)) return;
            if (up) {
                down_.erase(node);
            } else {
                down_.insert(node);
            }
            if (const auto found = receivers_.find(node); found != receivers_.end()) {
                found->second.connected(up);
            }
        });
    }
    /// It takes everything and answers nothing; when it wakes it says all of it.
    void hang(bool hangs) {
        on_thread([this, hangs] {
            hangs_ = hangs;
            while (!hangs_ && !kept_.empty()) {
                const BusLink::Bytes bytes = std::exchange(kept_.front(), nullptr);
                kept_.pop_front();
                say(bytes);
            }
        });
    }

private:
    class End final : public BusLink {
    public:
        End(TwinRoad& road, int node) : road_(road), node_(node) {}
        void start(Receiver receiver) override {
            auto begin = [this, receiver = std::move(receiver)] {
                const bool up = !road_.down_.contains(node_);
                auto& kept = road_.receivers_[node_] = receiver;
                if (up) kept.connected(true);
            };
            net_post(std::move(begin));
        }
        void stop() override {
            road_.on_thread([this] { road_.receivers_.erase(node_); });
        }
        void send(Bytes bytes) override {
            // What is on its way outlives its sender.
            net_post([&road = road_, node = node_, bytes = std::move(bytes)] {
                if (!road.down_.contains(node)) road.take(bytes);
            });
        }
        Status status() const override { return {}; }

    private:
        template <class Work>
        void net_post(Work work) {
            boost::asio::post(road_.context_, std::move(work));
        }
        TwinRoad& road_;
        const int node_;
    };

    void take(const BusLink::Bytes& bytes) {
        if (hangs_) {
            kept_.push_back(bytes);
        } else {
            say(bytes);
        }
    }
    void say(const BusLink::Bytes& bytes) {
        for (const auto& [node, receiver] : receivers_) {
            if (!down_.contains(node)) receiver.message(*bytes);
        }
    }
    /// Runs `work` on the road's thread and waits for it.
    template <class Work>
    void on_thread(Work work) {
        std::packaged_task<void()> task(std::move(work));
        auto done = task.get_future();
        boost::asio::post(context_, [&task] { task(); });
        done.get();
    }

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_ =
        boost::asio::make_work_guard(context_);
    int next_ = 0;
    // On the road's thread:
    std::map<int, BusLink::Receiver> receivers_;
    std::set<int> down_;
    bool hangs_ = false;
    std::deque<BusLink::Bytes> kept_;
    std::thread thread_;
};

}  // namespace syncwatch
