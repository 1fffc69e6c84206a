#include "adapters/s3/download.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace syncwatch::s3 {

bool Download::write(std::string_view bytes) {
    if (bytes.size() > limit_ - size_) {
        error_ = EFBIG;
        return false;
    }
    while (!bytes.empty()) {
        auto wrote = static_cast<::ssize_t>(bytes.size());
        if (file_) {
            const auto at = static_cast<::off_t>(offset_ + size_);
            wrote = ::pwrite(file_.get(), bytes.data(), bytes.size(), at);
        }
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) {
            error_ = errno;
            return false;
        }
        const auto count = static_cast<std::size_t>(wrote);
        digest_.update(as_bytes(bytes.substr(0, count)));
        size_ += count;
        bytes.remove_prefix(count);
    }
    return true;
}

bool Download::restart() {
    digest_ = Digest(Digest::Algorithm::Sha256);
    size_ = 0;
    error_ = 0;
    if (file_ && ::ftruncate(file_.get(), static_cast<::off_t>(offset_)) != 0) error_ = errno;
    return error_ == 0;
}

Sha256Sum Download::finish() {
    Sha256Sum sum{};
    std::ranges::copy(digest_.finish(), sum.begin());
    return sum;
}

}  // namespace syncwatch::s3
