// The part of UploadService that takes bytes in.
#include <algorithm>
#include <utility>

#include "services/media/upload_service.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// So often others hear how far it is.
constexpr auto kAnnounceEvery = 1s;
/// So often the end of its life is put off, and the free space is looked at.
constexpr auto kRenewEvery = 10min;
constexpr std::uint64_t kLookAtSpaceEvery = 64 << 20;

}  // namespace

/// One part on its way in: from the source through a buffer into the file.
class UploadService::Intake {
public:
    Intake(UploadService& service, Upload upload, Part part, ByteSource* source)
        : service_(service),
          upload_(std::move(upload)),
          part_(std::move(part)),
          source_(source),
          offset_(part_.offset) {
        if (part_.sum) digest_.emplace(part_.sum->algorithm);
    }

    /// The size of the file behind the part.
    Async<std::uint64_t> run() {
        const auto kind = part_.sum ? UploadFiles::Kind::Provisional : UploadFiles::Kind::Final;
        SW_CO_TRY(writer_, co_await files().begin(upload_.id, part_.offset, kind));
        buffer_.resize(grain_.bytes);
        stored_at_ = announced_at_ = renewed_at_ = clock().now();
        Result<> taken = co_await take();
        if (part_.sum) co_return co_await judge(std::move(taken));
        if (!taken) co_return fail(taken.error());
        co_return offset_;
    }

private:
    UploadFiles& files() { return service_.powers_.files; }
    const Clock& clock() { return service_.powers_.clock; }

    /// What may still come: the film's end, or the most that a film may have.
    std::uint64_t room_left() const {
        const std::uint64_t end = upload_.length.value_or(service_.options_.max_bytes);
        return end - std::min(end, offset_ + filled_);
    }

    Async<> take() {
        for (bool more = true; more;) {
            const std::uint64_t left = room_left();
            if (left == 0) break;
            const auto want =
                static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size() - filled_, left));
            const auto into = std::span(buffer_).subspan(filled_, want);
            const auto got = co_await source_->read_some(into);
            // Who leaves in the middle finds again what arrived.
            if (!got) {
                SW_CO_CHECK(co_await store());
                co_return fail(got.error());
            }
            more = *got > 0;
            if (digest_) digest_->update(as_bytes({into.data(), *got}));
            filled_ += *got;
            if (filled_ == buffer_.size() || clock().now() - stored_at_ > grain_.every) {
                SW_CO_CHECK(co_await store());
            }
        }
        SW_CO_CHECK(co_await store());
        co_return co_await check_end();
    }

    /// A film without a known length ends where the most that it may have ends.
    Async<> check_end() {
        if (upload_.length || room_left() > 0) co_return Result<>();
        char beyond = 0;
        SW_CO_TRY(const std::size_t got, co_await source_->read_some({&beyond, 1}));
        if (got == 0) co_return Result<>();
        co_return fail(ErrorCode::TooLarge, "the film is larger than uploads may be");
    }

    Async<> store() {
        if (filled_ == 0) co_return Result<>();
        if (since_look_ >= kLookAtSpaceEvery) {
            SW_CO_CHECK(co_await service_.check_space(0));
            since_look_ = 0;
        }
        auto stored = co_await files().append(writer_, std::move(buffer_), filled_);
        if (!stored) co_return fail(stored.error());
        buffer_ = *std::move(stored);
        offset_ += filled_;
        since_look_ += filled_;
        service_.received_bytes_ += filled_;
        filled_ = 0;
        stored_at_ = clock().now();
        co_return co_await tell();
    }

    Async<> tell() {
        if (stored_at_ - announced_at_ > kAnnounceEvery) {
            announced_at_ = stored_at_;
            service_.announce(upload_.video);
        }
        if (stored_at_ - renewed_at_ > kRenewEvery) {
            renewed_at_ = stored_at_;
            SW_CO_CHECK(co_await service_.powers_.uploads.set_expiry(
                upload_.id, clock().wall() + service_.options_.lifetime));
        }
        co_return Result<>();
    }

    /// A part with a checksum counts whole or not at all.
    Async<std::uint64_t> judge(Result<> taken) {
        if (!taken) {
            (void)co_await files().discard(writer_);
            co_return fail(taken.error());
        }
        if (digest_->finish() != part_.sum->bytes) {
            SW_CO_CHECK(co_await files().discard(writer_));
            co_return fail(ErrorCode::InvalidInput, "the part's checksum is another one",
                           "checksum_mismatch");
        }
        SW_CO_CHECK(co_await files().accept(writer_));
        co_return offset_;
    }

    UploadService& service_;
    const Upload upload_;
    const Part part_;
    ByteSource* const source_;
    std::optional<Digest> digest_;
    UploadWriter writer_;
    const UploadFiles::Grain grain_ = files().grain();
    std::string buffer_;
    std::size_t filled_ = 0;        ///< Bytes in the buffer, not stored yet.
    std::uint64_t offset_ = 0;      ///< Bytes in the file.
    std::uint64_t since_look_ = 0;  ///< Bytes since the free space was looked at.
    Instant stored_at_{};
    Instant announced_at_{};
    Instant renewed_at_{};
};

Async<Upload> UploadService::prepare(Upload upload, Part part) {
    if (part.length && part.length != upload.length) {
        if (*part.length > options_.max_bytes) {
            co_return fail(ErrorCode::TooLarge, "the film is larger than uploads may be");
        }
        if (*part.length < part.offset) {
            co_return fail(ErrorCode::Conflict, "more has arrived than the film is long",
                           "wrong_offset");
        }
        SW_CO_TRY(upload, co_await powers_.uploads.set_length(upload.id, *part.length));
    }
    const std::uint64_t end = upload.length.value_or(options_.max_bytes);
    if (part.offset > end) {
        co_return fail(ErrorCode::Conflict, "the film is not that long", "wrong_offset");
    }
    if (part.announced.value_or(0) > end - part.offset) {
        co_return fail(ErrorCode::TooLarge, "the part goes beyond the film's end");
    }
    co_return upload;
}

Async<UploadService::State> UploadService::receive(Principal who, UploadId id, Part part,
                                                   ByteSource* source) {
    SW_CO_TRY(State before, co_await state(std::move(who), id));
    State now;
    now.upload = std::move(before.upload);
    now.offset = before.offset;
    if (now.upload.completed) {
        if (part.offset == now.offset) co_return now;
        co_return fail(ErrorCode::Conflict, "the upload is complete", "wrong_offset");
    }
    SW_CO_TRY(now.upload, co_await prepare(std::move(now.upload), part));
    Intake intake(*this, now.upload, std::move(part), source);
    const auto size = co_await intake.run();
    if (!size) {
        // How long it is kept counts from the last byte, whatever ended the part.
        (void)co_await powers_.uploads.set_expiry(id, powers_.clock.wall() + options_.lifetime);
        announce(now.upload.video);
        co_return fail(size.error());
    }
    now.offset = *size;
    now.upload.expires_at = powers_.clock.wall() + options_.lifetime;
    SW_CO_CHECK(co_await powers_.uploads.set_expiry(id, now.upload.expires_at));
    if (now.upload.length == now.offset) {
        SW_CO_TRY(now.upload, co_await settle(std::move(now.upload)));
    } else {
        announce(now.upload.video);
    }
    co_return now;
}

}  // namespace syncwatch
