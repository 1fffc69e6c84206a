#include "base/async/shards.h"

namespace syncwatch {

Shards::Shards(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        contexts_.push_back(std::make_unique<net::io_context>(1));
        guards_.push_back(net::make_work_guard(*contexts_.back()));
    }
}

Shards::~Shards() {
    stop();
}

void Shards::run() {
    for (const auto& context : contexts_) {
        threads_.emplace_back([loop = context.get()] { loop->run(); });
    }
}

void Shards::stop() {
    for (const auto& context : contexts_) context->stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

}  // namespace syncwatch
