#include "adapters/s3/http_client.h"

#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/s3/transfer.h"
#include "base/assert.h"
#include "base/async/resumption.h"

namespace syncwatch::s3 {
namespace {

/// How long the thread sleeps when nothing happens; whoever has news wakes it.
constexpr int kLongestSleepMs = 1000;
constexpr const char* kEnded = "the client has ended";

/// Once for the process, before the first handle.
void begin_curl() {
    static const CURLcode began = curl_global_init(CURL_GLOBAL_DEFAULT);
    SW_ASSERT(began == CURLE_OK);
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

/// The thread, and what it works on.
class HttpClient::Loop {
public:
    explicit Loop(Options options) : options_(std::move(options)) {
        begin_curl();
        multi_.reset(curl_multi_init());
        SW_ASSERT(multi_);
        curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, options_.connections);
        curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, options_.connections);
        thread_ = std::thread([this] { run(); });
    }
    ~Loop() {
        stop();
        thread_.join();
    }

    void add(HttpRequest request, const Transfer::Done& done) {
        HttpAnswer refused;
        {
            const std::lock_guard lock(mutex_);
            if (stopped_) {
                refused.outcome = HttpAnswer::Outcome::Stopped;
                refused.trouble = kEnded;
            } else if (under_way_ >= options_.requests) {
                refused.outcome = HttpAnswer::Outcome::Full;
                refused.trouble = "too many requests wait already";
            } else {
                ++under_way_;
                waiting_.push_back(std::make_unique<Transfer>(std::move(request), done));
            }
        }
        if (!refused.trouble.empty()) return done(std::move(refused));
        curl_multi_wakeup(multi_.get());
    }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        curl_multi_wakeup(multi_.get());
    }

private:
    void run() {
        while (take_waiting()) {
            int running = 0;
            curl_multi_perform(multi_.get(), &running);
            finish_ended();
            curl_multi_poll(multi_.get(), nullptr, 0, kLongestSleepMs, nullptr);
        }
        for (auto& [easy, transfer] : running_) {
            curl_multi_remove_handle(multi_.get(), easy);
            transfer->give_up(HttpAnswer::Outcome::Stopped, kEnded);
        }
        running_.clear();
    }

    /// False: it is time to end.
    bool take_waiting() {
        std::vector<std::unique_ptr<Transfer>> fresh;
        bool stopped = false;
        {
            const std::lock_guard lock(mutex_);
            fresh.swap(waiting_);
            stopped = stopped_;
        }
        for (auto& transfer : fresh) {
            CURL* const easy = transfer->prepare(options_);
            SW_ASSERT(easy != nullptr);
            curl_multi_add_handle(multi_.get(), easy);
            running_.emplace(easy, std::move(transfer));
        }
        return !stopped;
    }

    void finish_ended() {
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode code = message->data.result;
            auto ended = running_.extract(message->easy_handle);
            curl_multi_remove_handle(multi_.get(), ended.key());
            {
                const std::lock_guard lock(mutex_);
                --under_way_;
            }
            ended.mapped()->finish(code);
        }
    }

    const Options options_;
    std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi_{nullptr, &curl_multi_cleanup};
    std::unordered_map<CURL*, std::unique_ptr<Transfer>> running_;  // The thread's own.
    std::mutex mutex_;                                              // Guards what follows.
    std::vector<std::unique_ptr<Transfer>> waiting_;
    std::size_t under_way_ = 0;
    bool stopped_ = false;
    std::thread thread_;
};

HttpClient::HttpClient(Options options) : loop_(std::make_unique<Loop>(std::move(options))) {}
HttpClient::~HttpClient() = default;

void HttpClient::stop() {
    loop_->stop();
}

net::awaitable<HttpAnswer> HttpClient::perform(HttpRequest request) {
    auto start = [](auto handler, Loop* loop, HttpRequest wanted) {
        using Waiting = Resumption<decltype(handler)>;
        // Shared, because std::function copies; resumed once all the same.
        auto waiting = std::make_shared<Waiting>(std::move(handler));
        loop->add(std::move(wanted),
                  [waiting](HttpAnswer answer) { waiting->resume(std::move(answer)); });
    };
    return net::async_initiate<const net::use_awaitable_t<>, void(HttpAnswer)>(
        std::move(start), net::use_awaitable, loop_.get(), std::move(request));
}

}  // namespace syncwatch::s3
