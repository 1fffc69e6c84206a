#include "services/objects/known_files.h"

#include <sys/stat.h>

namespace syncwatch {

KnownFiles::Identity KnownFiles::identity_of(const OpenBlob& blob) {
    struct ::stat facts {};
    if (::fstat(blob.fd.get(), &facts) != 0) return {};
    constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
    Identity identity;
    identity.device = facts.st_dev;
    identity.inode = facts.st_ino;
    identity.size = static_cast<std::uint64_t>(facts.st_size);
    identity.written_ns = facts.st_mtim.tv_sec * kNanosecondsPerSecond + facts.st_mtim.tv_nsec;
    return identity;
}

bool KnownFiles::has(const std::string& key, const OpenBlob& blob) {
    const Identity now = identity_of(blob);
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found == known_.end() || found->second.file != now || now == Identity()) return false;
    uses_.splice(uses_.begin(), uses_, found->second.use);
    return true;
}

void KnownFiles::add(const std::string& key, const OpenBlob& blob) {
    const Identity now = identity_of(blob);
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found != known_.end()) {
        found->second.file = now;
        uses_.splice(uses_.begin(), uses_, found->second.use);
        return;
    }
    uses_.push_front(key);
    known_.emplace(key, Known{now, uses_.begin()});
    if (known_.size() <= most_) return;
    known_.erase(uses_.back());
    uses_.pop_back();
}

}  // namespace syncwatch
