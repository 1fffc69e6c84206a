#include "adapters/s3/partial_object.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "adapters/filesystem/files.h"
#include "base/async/offload.h"

namespace syncwatch::s3 {

Result<std::shared_ptr<PartialObject>> PartialObject::make(std::string key, std::uint64_t size,
                                                           Powers powers) {
    SW_TRY(BlobCache::Arrival arrival, powers.cache.expect(key));
    std::shared_ptr<PartialObject> made(
        new PartialObject(std::move(key), size, powers, std::move(arrival)));
    if (::ftruncate(made->file_.get(), static_cast<::off_t>(size)) != 0) {
        return filesystem::system_failure("make", made->path());
    }
    return made;
}

PartialObject::PartialObject(std::string key, std::uint64_t size, Powers powers,
                             BlobCache::Arrival arrival)
    : key_(std::move(key)),
      size_(size),
      powers_(powers),
      arrival_(std::move(arrival)),
      file_(arrival_.take_file()),
      here_((size + kPage - 1) / kPage) {}

std::uint64_t PartialObject::bytes_here() const {
    const std::lock_guard lock(mutex_);
    const auto pages = static_cast<std::uint64_t>(std::ranges::count(here_, true));
    return std::min(size_, pages * kPage);
}

/// The first pages of the range that are not here, and more for who reads on.
PartialObject::Span PartialObject::missing(std::uint64_t offset, std::uint64_t count) {
    if (offset >= size_ || count == 0) return {};
    const auto end =
        static_cast<std::size_t>((offset + std::min(count, size_ - offset) + kPage - 1) / kPage);
    Span span{static_cast<std::size_t>(offset / kPage), 0};
    const std::lock_guard lock(mutex_);
    while (span.first < end && here_[span.first]) ++span.first;
    if (span.first == end) return {};
    constexpr std::size_t kMostPages = kMostAtOnce / kPage;
    ahead_ = span.first == expected_ ? std::min(ahead_ * 2, kMostPages) : 1;
    const std::size_t wanted = std::clamp(end - span.first, ahead_, kMostPages);
    const std::size_t stop = std::min(span.first + wanted, here_.size());
    while (span.first + span.count < stop && !here_[span.first + span.count]) ++span.count;
    expected_ = span.first + span.count;
    return span;
}

Async<> PartialObject::bring(std::uint64_t offset, std::uint64_t count) {
    for (;;) {
        const Span pages = missing(offset, count);
        if (pages.count == 0) co_return Result<>();
        SW_CO_CHECK(co_await bring_pages(pages));
    }
}

Async<> PartialObject::bring_pages(Span pages) {
    const std::uint64_t from = pages.first * kPage;
    const std::uint64_t size = std::min(pages.count * kPage, size_ - from);
    SW_CO_TRY(std::string bytes, co_await powers_.client.get_part(key_, from, size));
    if (bytes.size() != size) co_return fail(ErrorCode::Corrupt, key_ + " is shorter than it was");
    auto write = [this, from, come = std::move(bytes)]() -> Result<> {
        return filesystem::write_all(file_.get(), come, from, path());
    };
    const Result<> written = co_await offload(powers_.writes, std::move(write));
    if (!written) {
        if (written.error().reason == "disk_full") powers_.cache.disk_is_full();
        co_return written;
    }
    const std::lock_guard lock(mutex_);
    const auto begin = here_.begin() + static_cast<std::ptrdiff_t>(pages.first);
    std::fill(begin, begin + static_cast<std::ptrdiff_t>(pages.count), true);
    co_return Result<>();
}

}  // namespace syncwatch::s3
