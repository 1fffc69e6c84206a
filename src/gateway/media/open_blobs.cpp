#include "gateway/media/open_blobs.h"

#include <utility>

#include <fcntl.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKept = 256;
constexpr auto kKeptFor = 10s;

Result<OpenBlob> own_copy(const OpenBlob& kept) {
    OpenBlob copy;
    copy.fd = UniqueFd(::fcntl(kept.fd.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy.fd) return fail_unavailable("objects", "no descriptor is left", 5s);
    copy.size = kept.size;
    return copy;
}

}  // namespace

Async<OpenBlob> OpenBlobs::open(std::string key) {
    if (const auto kept = find(key)) co_return own_copy(*kept);
    SW_CO_TRY(OpenBlob opened, co_await blobs_.open(key));
    auto blob = std::make_shared<const OpenBlob>(std::move(opened));
    keep(std::move(key), blob);
    co_return own_copy(*blob);
}

std::shared_ptr<const OpenBlob> OpenBlobs::find(const std::string& key) {
    const Instant now = clock_.now();
    const std::lock_guard lock(mutex_);
    while (!order_.empty() && now - order_.back().opened_at > kKeptFor) {
        by_key_.erase(order_.back().key);
        order_.pop_back();
    }
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second->blob;
}

void OpenBlobs::keep(std::string key, std::shared_ptr<const OpenBlob> blob) {
    const Instant now = clock_.now();
    const std::lock_guard lock(mutex_);
    if (by_key_.contains(key)) return;
    order_.push_front({std::move(key), std::move(blob), now});
    by_key_[order_.front().key] = order_.begin();
    if (order_.size() <= kMostKept) return;
    by_key_.erase(order_.back().key);
    order_.pop_back();
}

}  // namespace syncwatch
