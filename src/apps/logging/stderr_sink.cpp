#include "apps/logging/stderr_sink.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include "apps/logging/format.h"

namespace syncwatch::apps {
namespace {

constexpr std::size_t kMaxWaiting = 1024;

bool wants_json(config::LogFormat format) {
    if (format == config::LogFormat::Auto) return ::isatty(STDERR_FILENO) == 0;
    return format == config::LogFormat::Json;
}

}  // namespace

StderrSink::StderrSink(const config::Settings& settings, const Clock& clock)
    : clock_(clock),
      node_(settings.node.name),
      json_(wants_json(settings.log.format)),
      colours_(::isatty(STDERR_FILENO) != 0),
      pool_(std::make_shared<spdlog::details::thread_pool>(kMaxWaiting, 1)) {
    auto out = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    out->set_pattern("%v");
    logger_ = std::make_shared<spdlog::async_logger>("syncwatch", std::move(out), pool_,
                                                     spdlog::async_overflow_policy::overrun_oldest);
    logger_->set_level(spdlog::level::trace);
    log::set_sink(this, settings.log.level);
}

StderrSink::~StderrSink() {
    log::set_sink(nullptr, log::Level::Error);
    logger_->flush();
    logger_.reset();
    pool_.reset();  // Joins its thread behind what waits.
}

void StderrSink::write(const log::Line& line) {
    const WallTime now = clock_.wall();
    const std::string text =
        json_ ? format_json(now, line, node_) : format_human(now, line, colours_);
    logger_->log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace syncwatch::apps
