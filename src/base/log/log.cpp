#include "base/log/log.h"

#include <atomic>
#include <utility>

namespace syncwatch::log {
namespace {

std::atomic<Sink*> current_sink{nullptr};
std::atomic<Level> least_level{Level::Info};
thread_local std::string_view of_this_thread;

}  // namespace

void set_sink(Sink* sink, Level least) {
    least_level.store(least);
    current_sink.store(sink);
}

Context::Context(std::string_view request) : before_(std::exchange(of_this_thread, request)) {}
Context::~Context() {
    of_this_thread = before_;
}

std::string_view current_request() {
    return of_this_thread;
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    Sink* sink = current_sink.load(std::memory_order_acquire);
    if (sink == nullptr || level < least_level.load(std::memory_order_relaxed)) return;
    Line line;
    line.level = level;
    line.event = event;
    line.request = of_this_thread;
    line.fields = std::span(fields.begin(), fields.size());
    sink->write(line);
}

}  // namespace syncwatch::log
