#include "base/log/log.h"

#include <atomic>

namespace syncwatch::log {
namespace {

std::atomic<Sink*> current_sink{nullptr};
std::atomic<Level> least_level{Level::Info};

}  // namespace

void set_sink(Sink* sink, Level least) {
    least_level.store(least);
    current_sink.store(sink);
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    Sink* sink = current_sink.load(std::memory_order_acquire);
    if (sink == nullptr || level < least_level.load(std::memory_order_relaxed)) return;
    sink->write(level, event, std::span(fields.begin(), fields.size()));
}

}  // namespace syncwatch::log
