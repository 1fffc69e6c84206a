#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include "adapters/system/system_clock.h"
#include "apps/command/command.h"
#include "apps/command/config_flags.h"
#include "apps/logging/stderr_sink.h"
#include "apps/node/node.h"
#include "base/log/log.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// The promise is ten seconds from the signal to the end of the process.
constexpr auto kPatience = 7s;
constexpr auto kLastResort = 9500ms;

std::string url_of(const config::Settings& settings, std::uint16_t port) {
    const std::string& address = settings.server.address;
    const bool v6 = address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", settings.tls.on() ? "https" : "http", v6 ? "[" : "",
                       address, v6 ? "]" : "", port);
}

void announce(const Invocation& invocation, const Node& node) {
    const Output& out = invocation.out;
    out.line("SyncWatch is at " + url_of(invocation.settings, node.port()));
    if (node.setup_token()) {
        out.line("The first account needs this setup token: " + *node.setup_token());
    }
}

/// Runs until SIGTERM or SIGINT; SIGHUP reloads.
class Signals {
public:
    Signals() : end_(context_, SIGINT, SIGTERM), reload_(context_, SIGHUP) {
        end_.async_wait([this](boost::system::error_code, int) { context_.stop(); });
    }
    void wait_for_the_end(Node& node) {
        listen_for_reload(node);
        context_.run();
    }

private:
    void listen_for_reload(Node& node) {
        reload_.async_wait([this, &node](boost::system::error_code failed, int) {
            if (failed) return;
            node.reload();
            listen_for_reload(node);
        });
    }

    net::io_context context_{1};
    net::signal_set end_;
    net::signal_set reload_;
};

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

Outcome<> serve(Invocation& invocation) {
    // Before anything is started: no signal may end the process half way.
    Signals signals;
    raise_file_limit();
    const SystemClock clock;
    const StderrSink sink(invocation.settings, clock);
    auto node = Node::start(invocation.settings);
    if (!node) return tl::unexpected<Failure>(failure_of(node.error()));
    announce(invocation, **node);
    signals.wait_for_the_end(**node);
    const LastResort last_resort;
    (*node)->drain(kPatience);
    node->reset();
    return {};
}

}  // namespace

void add_serve(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand(
        "serve",
        "Serve films and rooms until SIGTERM or SIGINT. With no settings: on 127.0.0.1:8080, with "
        "everything in one folder.");
    command->footer(settings_help);
    command->callback([&chosen] { chosen.run = serve; });
}

}  // namespace syncwatch::apps
