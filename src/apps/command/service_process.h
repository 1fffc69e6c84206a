#pragma once
#include <functional>
#include <memory>
#include <string>

#include "adapters/system/system_clock.h"
#include "apps/command/command.h"
#include "apps/logging/stderr_sink.h"

namespace syncwatch::apps {

/// Where a service listens, as a URL.
std::string url_of(const config::Settings& settings, std::uint16_t port);

/// What a process has that serves until it is told to end: signals, the log, a limit for its end.
class ServiceProcess {
public:
    /// Before anything is started: no signal may end the process half way.
    explicit ServiceProcess(const config::Settings& settings);
    ~ServiceProcess();

    /// Returns at SIGTERM or SIGINT; SIGHUP calls `reload`.
    void wait_for_the_end(std::function<void()> reload);
    /// Runs `end` with the time it has. Ends the process if that takes too long.
    static void end(const std::function<void(std::chrono::milliseconds)>& end);

private:
    class Signals;

    const std::unique_ptr<Signals> signals_;
    const SystemClock clock_;
    const StderrSink sink_;
};

/// Starts a `Service`, lets `announce` say where it is, and runs it to its end.
template <class Service>
Outcome<> run_service(Invocation& invocation,
                      void (*announce)(const Invocation& invocation, const Service& service)) {
    ServiceProcess process(invocation.settings);
    auto service = Service::start(invocation.settings);
    if (!service) return tl::unexpected<Failure>(failure_of(service.error()));
    announce(invocation, **service);
    process.wait_for_the_end([&service] { (*service)->reload(); });
    ServiceProcess::end([&service](std::chrono::milliseconds patience) {
        (*service)->drain(patience);
        service->reset();
    });
    return {};
}

}  // namespace syncwatch::apps
