#include "gateway/websocket/batch.h"

#include <algorithm>

namespace syncwatch::websocket {

std::string_view Batch::join(std::span<const Queued> waiting) {
    if (waiting.size() == 1) return waiting.front().frame->bytes();
    if (holds(waiting)) return bytes_;
    forget();
    if (waiting.size() > kMostFrames) return {};
    for (const Queued& each : waiting) {
        if (bytes_.size() + each.frame->bytes().size() > kMostBytes) {
            forget();
            return {};
        }
        bytes_ += each.frame->bytes();
        frames_.push_back(each.frame);
    }
    return bytes_;
}

void Batch::forget() {
    frames_.clear();
    bytes_.clear();
}

bool Batch::holds(std::span<const Queued> waiting) const {
    return std::ranges::equal(waiting, frames_, {}, &Queued::frame);
}

}  // namespace syncwatch::websocket
