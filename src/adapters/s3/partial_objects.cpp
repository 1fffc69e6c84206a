#include "adapters/s3/partial_objects.h"

#include <algorithm>
#include <utility>

namespace syncwatch::s3 {

std::shared_ptr<PartialObject> PartialObjects::find_locked(const std::string& key) {
    const auto found = std::ranges::find(kept_, key, &Kept::key);
    if (found == kept_.end()) return nullptr;
    kept_.splice(kept_.begin(), kept_, found);
    return kept_.front().object;
}

std::shared_ptr<PartialObject> PartialObjects::find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return find_locked(key);
}

Result<std::shared_ptr<PartialObject>> PartialObjects::make(const std::string& key,
                                                            std::uint64_t size) {
    SW_TRY(auto made, PartialObject::make(key, size, powers_));
    // Files go outside of the lock.
    std::list<Kept> gone;
    const std::lock_guard lock(mutex_);
    if (auto other = find_locked(key)) return other;
    kept_.push_front(Kept{key, made});
    while (kept_.size() > kKept) gone.splice(gone.end(), kept_, std::prev(kept_.end()));
    return made;
}

void PartialObjects::forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const Kept& each) { return each.key == key; });
}

void PartialObjects::forget_all(const std::string& prefix) {
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const Kept& each) { return each.key.starts_with(prefix + "/"); });
}

}  // namespace syncwatch::s3
