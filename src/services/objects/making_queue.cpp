#include "services/objects/making_queue.h"

#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/resumption.h"
#include "base/log/context_executor.h"
#include "base/log/log.h"
#include "base/log/task_fault.h"

namespace syncwatch {

MakingQueue::MakingQueue(Clock& clock, net::any_io_executor executor, Make make)
    : clock_(clock),
      executor_(executor),
      make_(std::move(make)),
      tasks_(executor, log::task_fault("objects.task_fault")) {}

net::awaitable<void> MakingQueue::end() {
    state_ = State::Ends;
    tasks_.cancel();
    co_await tasks_.join();
    std::map<std::string, Making> left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(makings_);
    }
    for (auto& [key, making] : left) {
        for (auto& [number, waiting] : making.waiting) {
            waiting(fail(ErrorCode::Cancelled, "the server stops"));
        }
    }
}

Async<> MakingQueue::make_again(std::string key, Instant deadline) {
    auto start = [](auto handler, MakingQueue* self, std::string what, Instant until) {
        using Resumed = Resumption<decltype(handler)>;
        // Shared, because std::function copies; resumed once all the same.
        auto waiting = std::make_shared<Resumed>(std::move(handler));
        self->ask(what, until,
                  [waiting](Result<> outcome) { waiting->resume(std::move(outcome)); });
    };
    co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Result<>)>(
        std::move(start), net::use_awaitable, this, std::move(key), deadline);
}

Result<> MakingQueue::check_works() const {
    if (state_ == State::Works) return {};
    if (state_ == State::Ends) return fail(ErrorCode::Cancelled, "the server stops");
    return fail(ErrorCode::Unavailable, "this node makes no films", kNoMaker);
}

void MakingQueue::ask(const std::string& key, Instant deadline, Waiting waiting) {
    Result<> refused;
    {
        const std::lock_guard lock(mutex_);
        const bool is_new = !makings_.contains(key);
        if (const Result<> works = check_works(); !works) {
            refused = works;
        } else if (is_new && makings_.size() >= kMostAtOnce) {
            refused = fail(ErrorCode::Exhausted, "enough is being made again already");
        } else {
            Making& making = makings_[key];
            const int number = making.next++;
            making.waiting.emplace(number, waiting);
            // In the name of whoever asked first.
            auto request = std::make_shared<const std::string>(log::current_request());
            net::post(executor_, [this, key, number, deadline, is_new, request] {
                // What is spawned now would not be waited for any more.
                if (const Result<> still = check_works(); !still) return settle(key, still);
                tasks_.spawn("expire", expire(key, number, deadline));
                const log::ContextExecutor executor(executor_, request);
                if (is_new) tasks_.spawn_on(executor, "make_again", work(key));
            });
        }
    }
    if (!refused) waiting(std::move(refused));
}

net::awaitable<void> MakingQueue::expire(std::string key, int number, Instant deadline) {
    co_await clock_.sleep_until(deadline);
    Waiting waiting;
    {
        const std::lock_guard lock(mutex_);
        const auto making = makings_.find(key);
        if (making == makings_.end()) co_return;
        auto found = making->second.waiting.extract(number);
        if (found.empty()) co_return;
        waiting = std::move(found.mapped());
    }
    waiting(fail(ErrorCode::Timeout, key + " is still being made"));
}

void MakingQueue::settle(const std::string& key, const Result<>& outcome) {
    Making making;
    {
        const std::lock_guard lock(mutex_);
        auto found = makings_.extract(key);
        if (!found.empty()) making = std::move(found.mapped());
    }
    for (auto& [number, waiting] : making.waiting) waiting(outcome);
}

net::awaitable<void> MakingQueue::work(std::string key) {
    const Result<> made = co_await make_(key);
    settle(key, made);
}

}  // namespace syncwatch
