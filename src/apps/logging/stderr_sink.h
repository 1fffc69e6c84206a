#pragma once
#include <memory>
#include <string>

#include "apps/config/settings.h"
#include "base/log/log.h"
#include "ports/clock.h"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace syncwatch::apps {

/// Writes log lines to stderr from a thread of its own, so that a terminal that is stopped or a
/// full pipe never holds up a room: over a thousand lines behind, the oldest are lost. While it
/// lives, it is the process's sink.
class StderrSink final : public log::Sink {
public:
    StderrSink(const config::Settings& settings, const Clock& clock);
    /// Writes out what waits.
    ~StderrSink() override;
    StderrSink(const StderrSink&) = delete;
    StderrSink& operator=(const StderrSink&) = delete;

    void write(const log::Line& line) override;

private:
    const Clock& clock_;
    const std::string node_;
    const bool json_;
    const bool colours_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace syncwatch::apps
