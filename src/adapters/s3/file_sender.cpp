#include "adapters/s3/file_sender.h"

#include <algorithm>
#include <array>
#include <utility>

#include <unistd.h>

#include "adapters/filesystem/files.h"
#include "base/async/offload.h"
#include "base/log/log.h"

namespace syncwatch::s3 {
namespace {

constexpr std::uint64_t kMostParts = 10'000;
constexpr std::size_t kReadSize = 256 * 1024;
constexpr const char* kFile = "the file to be stored";

Sha256Sum sum_of(Digest& digest) {
    Sha256Sum sum{};
    std::ranges::copy(digest.finish(), sum.begin());
    return sum;
}

HttpBody part_of(const std::shared_ptr<const UniqueFd>& file, std::uint64_t offset,
                 std::uint64_t size) {
    HttpBody body;
    body.file = file;
    body.offset = offset;
    body.size = size;
    return body;
}

}  // namespace

/// Blocking: one reading for the sum of the whole and of each part.
Result<FileSender::Sums> FileSender::sums_of(int fd, std::uint64_t part_size) {
    Sums sums;
    SW_TRY(sums.size, filesystem::file_size(fd, kFile));
    sums.part_size = std::max(part_size, (sums.size + kMostParts - 1) / kMostParts);
    Digest whole(Digest::Algorithm::Sha256);
    std::vector<char> buffer(kReadSize);
    for (std::uint64_t at = 0; at < sums.size;) {
        const std::uint64_t end = std::min(sums.size, at + sums.part_size);
        Digest part(Digest::Algorithm::Sha256);
        while (at < end) {
            const auto want = std::min<std::uint64_t>(buffer.size(), end - at);
            const auto got = ::pread(fd, buffer.data(), want, static_cast<::off_t>(at));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return filesystem::system_failure("read", kFile);
            if (got == 0) {
                return fail_unavailable("objects", "the file became shorter",
                                        std::chrono::seconds(5));
            }
            const ByteView bytes =
                as_bytes(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
            whole.update(bytes);
            part.update(bytes);
            at += static_cast<std::uint64_t>(got);
        }
        sums.parts.push_back(sum_of(part));
    }
    sums.whole = sum_of(whole);
    return sums;
}

Async<FileSender::Sent> FileSender::send(std::string name, std::shared_ptr<const UniqueFd> file,
                                         Existing existing) {
    auto read = [file, part_size = options_.part_size] { return sums_of(file->get(), part_size); };
    SW_CO_TRY(Sums read_sums, co_await offload(pool_, std::move(read)));
    read_sums.existing = existing;
    const auto sums = std::make_shared<const Sums>(std::move(read_sums));
    if (sums->parts.size() > 1) {
        SW_CO_CHECK(co_await send_parts(std::move(name), file, sums));
    } else {
        S3Client client(exchange_);
        HttpBody all = part_of(file, 0, sums->size);
        auto sent = existing == Existing::Kept
                        ? client.create(std::move(name), std::move(all), sums->whole)
                        : client.put(std::move(name), std::move(all), sums->whole);
        SW_CO_CHECK(co_await std::move(sent));
    }
    co_return Sent{sums->size, sums->whole};
}

Async<> FileSender::send_parts(std::string name, std::shared_ptr<const UniqueFd> file,
                               std::shared_ptr<const Sums> sums) {
    SW_CO_TRY(const MultipartUpload upload,
              co_await MultipartUpload::create(exchange_, name, sums->whole));
    auto parts = co_await send_each(upload, std::move(file), sums);
    Result<> sent = parts ? Result<>() : fail(parts.error());
    if (parts) sent = co_await complete(upload, *std::move(parts), name, sums);
    if (sent) co_return sent;
    const Result<> aborted = co_await upload.abort();
    if (!aborted) {
        log::warning("objects.upload_left_over",
                     {{"name", name}, {"error", aborted.error().message}});
    }
    co_return sent;
}

Async<std::vector<MultipartUpload::Part>> FileSender::send_each(
    MultipartUpload upload, std::shared_ptr<const UniqueFd> file,
    std::shared_ptr<const Sums> sums) {
    std::vector<MultipartUpload::Part> parts;
    for (std::size_t i = 0; i < sums->parts.size(); ++i) {
        const std::uint64_t offset = i * sums->part_size;
        HttpBody body = part_of(file, offset, std::min(sums->part_size, sums->size - offset));
        SW_CO_TRY(MultipartUpload::Part part,
                  co_await upload.send(static_cast<int>(i) + 1, std::move(body), sums->parts[i]));
        parts.push_back(std::move(part));
    }
    co_return parts;
}

/// The parts took their time, and not every store looks itself when they are put together.
Async<> FileSender::expect_nothing(std::string name) {
    S3Client client(exchange_);
    const auto facts = co_await client.head(name);
    if (facts) co_return fail(ErrorCode::Conflict, name + " has come meanwhile");
    if (facts.error().code != ErrorCode::NotFound) co_return fail(facts.error());
    co_return Result<>();
}

/// When the answer of one that got through is lost, the next try is told what each store makes of
/// an upload that is no more: 404 by AWS, 500 by others. What counts is the object.
Async<> FileSender::complete(MultipartUpload upload, std::vector<MultipartUpload::Part> parts,
                             std::string name, std::shared_ptr<const Sums> sums) {
    const bool only_new = sums->existing == Existing::Kept;
    Result<> completed;
    if (only_new) completed = co_await expect_nothing(name);
    if (completed) completed = co_await upload.complete(parts, only_new);
    if (!completed && only_new && completed.error().code == ErrorCode::InvalidInput) {
        completed = co_await upload.complete(std::move(parts));
    }
    if (completed) co_return completed;
    S3Client client(exchange_);
    const auto facts = co_await client.head(std::move(name));
    if (facts && facts->sha256 == sums->whole) co_return Result<>();
    if (completed.error().code != ErrorCode::NotFound) co_return completed;
    co_return fail_unavailable("objects", std::move(completed).error().message,
                               std::chrono::seconds(5));
}

}  // namespace syncwatch::s3
