#include "services/objects/object_copier.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/async/offload.h"
#include "base/digest.h"
#include "services/objects/blob_reading.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t kCopyPiece = 1024 * 1024;

tl::unexpected<Error> bad_source(const std::string& key, Condition found) {
    const auto code = found == Condition::Missing ? ErrorCode::NotFound : ErrorCode::Corrupt;
    return fail(code, key + " is " + std::string(text(found)) + " where it is to be copied from",
                "bad_source");
}

tl::unexpected<Error> disk_error(std::string_view doing) {
    auto failed =
        fail_unavailable("objects", std::string(doing) + " a copy: " + std::strerror(errno), 30s);
    if (errno == ENOSPC || errno == EDQUOT) failed.value().reason = "disk_full";
    return failed;
}

bool write_all(int fd, const char* from, std::size_t count) {
    while (count > 0) {
        const ssize_t put = ::write(fd, from, count);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        from += put;
        count -= static_cast<std::size_t>(put);
    }
    return true;
}

}  // namespace

Result<std::unique_ptr<ObjectCopier>> ObjectCopier::make(fs::path scratch, net::thread_pool& pool) {
    std::error_code failed;
    fs::remove_all(scratch, failed);
    fs::create_directories(scratch, failed);
    if (failed) {
        return fail_unavailable("objects", "make " + scratch.string() + ": " + failed.message(),
                                30s);
    }
    return std::unique_ptr<ObjectCopier>(new ObjectCopier(std::move(scratch), pool));
}

Async<> ObjectCopier::copy(BlobStore& from, BlobStore& to, StoredBlob object) {
    if (stopped_) co_return fail(ErrorCode::Cancelled, "copying ends");
    auto opened = co_await from.open(object.key);
    if (!opened) {
        const Condition found = condition_from(opened.error());
        if (found == Condition::Away) co_return fail(std::move(opened).error());
        co_return bad_source(object.key, found);
    }
    const auto blob = std::make_shared<const OpenBlob>(*std::move(opened));
    if (blob->size != object.size) co_return bad_source(object.key, Condition::Truncated);
    const bool small = object.size <= kMostInMemory;
    StoredBlob wanted = object;
    Result<StoredBlob> sent = fail(ErrorCode::Internal, "not sent");
    if (small) {
        sent = co_await send_small(to, blob, std::move(wanted));
    } else {
        sent = co_await send_large(to, blob, std::move(wanted));
    }
    if (!sent) co_return fail(std::move(sent).error());
    StoredBlob expected = object;
    Condition arrived = Condition::Damaged;
    if (sent->sha256 == object.sha256) arrived = co_await measure_blob(to, std::move(expected));
    if (arrived == Condition::Whole) co_return Result<>();
    if (arrived == Condition::Away) {
        co_return fail_unavailable("objects", object.key + " was copied, and is not given back",
                                   30s);
    }
    co_return fail(ErrorCode::Corrupt,
                   "the copy of " + object.key + " is " + std::string(text(arrived)), "bad_copy");
}

Async<StoredBlob> ObjectCopier::send_small(BlobStore& to, std::shared_ptr<const OpenBlob> blob,
                                           StoredBlob object) {
    SW_CO_TRY(std::string bytes, co_await read_blob(pool_, std::move(blob)));
    if (sha256(as_bytes(bytes)) != object.sha256) {
        co_return bad_source(object.key, Condition::Damaged);
    }
    co_return co_await to.put(std::move(object.key), std::move(bytes));
}

Result<> ObjectCopier::fill(int to, const OpenBlob& from, const StoredBlob& object) const {
    Digest digest(Digest::Algorithm::Sha256);
    std::vector<char> piece(kCopyPiece);
    for (std::uint64_t at = 0; at < from.size;) {
        if (stopped_) return fail(ErrorCode::Cancelled, "copying ends");
        const ssize_t got =
            ::pread(from.fd.get(), piece.data(), piece.size(), static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return bad_source(object.key, Condition::Truncated);
        const auto count = static_cast<std::size_t>(got);
        digest.update(as_bytes(std::string_view(piece.data(), count)));
        if (!write_all(to, piece.data(), count)) return disk_error("write");
        at += count;
    }
    if (!std::ranges::equal(digest.finish(), object.sha256)) {
        return bad_source(object.key, Condition::Damaged);
    }
    return {};
}

Async<StoredBlob> ObjectCopier::send_large(BlobStore& to, std::shared_ptr<const OpenBlob> blob,
                                           StoredBlob object) {
    const fs::path file = scratch_ / std::to_string(++next_);
    auto work = [this, file, blob = std::move(blob), object]() -> Result<> {
        UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!fd) return disk_error("make");
        return fill(fd.get(), *blob, object);
    };
    const Result<> filled = co_await offload(pool_, std::move(work));
    Result<StoredBlob> sent = fail(ErrorCode::Internal, "not sent");
    if (filled) {
        sent = co_await to.put_file(std::move(object.key), file);
    } else {
        sent = fail(filled.error());
    }
    // On error it is still there.
    ::unlink(file.c_str());
    co_return sent;
}

}  // namespace syncwatch
