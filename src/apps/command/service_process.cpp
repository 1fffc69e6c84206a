#include "apps/command/service_process.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include "base/log/log.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// The promise is ten seconds from the signal to the end of the process.
constexpr auto kPatience = 7s;
constexpr auto kLastResort = 9500ms;

/// Ends the process if its orderly end takes too long: a database that is locked or a disk that
/// hangs would hold it up. Nothing that was acknowledged is lost by it, as by a kill.
class LastResort {
public:
    LastResort() : thread_([this] { watch(); }) {}
    ~LastResort() {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    LastResort(const LastResort&) = delete;
    LastResort& operator=(const LastResort&) = delete;

private:
    void watch() {
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, kLastResort, [this] { return ended_; })) return;
        log::error("node.ended_hard", {{"after_ms", kLastResort.count()}});
        // The line is written by a thread of its own: a moment for it, or for the end to come.
        if (changed_.wait_for(lock, 100ms, [this] { return ended_; })) return;
        std::_Exit(static_cast<int>(Exit::TimedOut));
    }

    std::mutex mutex_;  // Guards ended_.
    std::condition_variable changed_;
    bool ended_ = false;
    std::thread thread_;
};

/// As many connections as the machine lets this process have: shells give 1024 at first.
void raise_file_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

std::string url_of(const config::Settings& settings, std::uint16_t port) {
    const std::string& address = settings.server.address;
    const bool v6 = address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", settings.tls.on() ? "https" : "http", v6 ? "[" : "",
                       address, v6 ? "]" : "", port);
}

class ServiceProcess::Signals {
public:
    Signals() : end_(context_, SIGINT, SIGTERM), reload_(context_, SIGHUP) {
        end_.async_wait([this](boost::system::error_code, int) { context_.stop(); });
    }
    void wait_for_the_end(std::function<void()> reload) {
        reload_now_ = std::move(reload);
        listen_for_reload();
        context_.run();
    }

private:
    void listen_for_reload() {
        reload_.async_wait([this](boost::system::error_code failed, int) {
            if (failed) return;
            reload_now_();
            listen_for_reload();
        });
    }

    net::io_context context_{1};
    net::signal_set end_;
    net::signal_set reload_;
    std::function<void()> reload_now_;
};

ServiceProcess::ServiceProcess(const config::Settings& settings)
    : signals_(std::make_unique<Signals>()), sink_(settings, clock_) {
    raise_file_limit();
}

ServiceProcess::~ServiceProcess() = default;

void ServiceProcess::wait_for_the_end(std::function<void()> reload) {
    signals_->wait_for_the_end(std::move(reload));
}

void ServiceProcess::end(const std::function<void(std::chrono::milliseconds)>& end) {
    const LastResort last_resort;
    end(kPatience);
}

}  // namespace syncwatch::apps
