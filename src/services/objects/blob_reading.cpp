#include "services/objects/blob_reading.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/async/offload.h"
#include "base/digest.h"

namespace syncwatch {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

/// -1: it cannot be read.
ssize_t read_at(int fd, char* to, std::size_t count, std::uint64_t offset) {
    for (;;) {
        const ssize_t got = ::pread(fd, to, count, static_cast<off_t>(offset));
        if (got >= 0 || errno != EINTR) return got;
    }
}

// What cannot be read is damaged, whatever its disk says of the reason.
Condition check_now(const OpenBlob& blob, const StoredBlob& expected) {
    if (blob.size != expected.size) return Condition::Truncated;
    Digest digest(Digest::Algorithm::Sha256);
    std::vector<char> piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, blob.size)));
    for (std::uint64_t at = 0; at < blob.size;) {
        const ssize_t got = read_at(blob.fd.get(), piece.data(), piece.size(), at);
        if (got < 0) return Condition::Damaged;
        if (got == 0) return Condition::Truncated;
        const auto count = static_cast<std::size_t>(got);
        digest.update(as_bytes(std::string_view(piece.data(), count)));
        at += count;
    }
    const auto sum = digest.finish();
    return std::ranges::equal(sum, expected.sha256) ? Condition::Whole : Condition::Damaged;
}

Result<std::string> read_now(const OpenBlob& blob) {
    std::string bytes(blob.size, '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t got = read_at(blob.fd.get(), bytes.data() + at, bytes.size() - at, at);
        if (got <= 0) {
            return fail_unavailable(
                "objects",
                got == 0 ? std::string("an object ends early") : std::string(std::strerror(errno)),
                std::chrono::seconds(5));
        }
        at += static_cast<std::size_t>(got);
    }
    return bytes;
}

}  // namespace

net::awaitable<Condition> check_blob(net::thread_pool& pool, std::shared_ptr<const OpenBlob> blob,
                                     StoredBlob expected) {
    auto work = [blob = std::move(blob), expected = std::move(expected)] {
        return check_now(*blob, expected);
    };
    co_return co_await offload(pool, std::move(work));
}

Async<std::string> read_blob(net::thread_pool& pool, std::shared_ptr<const OpenBlob> blob) {
    auto work = [blob = std::move(blob)] { return read_now(*blob); };
    co_return co_await offload(pool, std::move(work));
}

net::awaitable<Condition> measure_blob(BlobStore& store, StoredBlob expected) {
    const Result<StoredBlob> found = co_await store.measure(expected.key);
    if (!found) co_return condition_from(found.error());
    if (found->size != expected.size) co_return Condition::Truncated;
    co_return found->sha256 == expected.sha256 ? Condition::Whole : Condition::Damaged;
}

}  // namespace syncwatch
