#include "adapters/filesystem/growing_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "adapters/filesystem/files.h"
#include "base/log/log.h"

namespace syncwatch::filesystem {
namespace {

/// The kernel is told to write every so many bytes, so that making it all durable at the end takes
/// no time.
constexpr std::uint64_t kFlushEvery = 8 << 20;
/// So much at most is sent again after a power cut.
constexpr std::uint64_t kDurableEvery = 64 << 20;
/// The digest is brought up by so much at once; and so much of it is made good at the very end.
constexpr std::uint64_t kDigestStep = 8 << 20;
constexpr std::uint64_t kDigestAtEnd = 256 << 20;

tl::unexpected<Error> no_such_upload() {
    return fail(ErrorCode::NotFound, "no such upload", "no_such_upload");
}

Result<UniqueFd> open_or_say(const fs::path& path, int flags) {
    auto fd = open_file(path, flags);
    if (!fd && fd.error().code == ErrorCode::NotFound) return no_such_upload();
    return fd;
}

}  // namespace

fs::path GrowingFile::mark_of(const fs::path& path) {
    fs::path mark = path;
    mark += ".mark";
    return mark;
}

GrowingFile::GrowingFile(fs::path path, UniqueFd file, UniqueFd mark)
    : path_(std::move(path)), file_(std::move(file)), mark_(std::move(mark)) {}

Result<std::shared_ptr<GrowingFile>> GrowingFile::create(fs::path path) {
    SW_TRY(UniqueFd mark, open_file(mark_of(path), O_RDWR | O_CREAT | O_EXCL));
    SW_TRY(UniqueFd file, open_file(path, O_RDWR | O_CREAT | O_EXCL));
    std::shared_ptr<GrowingFile> made(
        new GrowingFile(std::move(path), std::move(file), std::move(mark)));
    SW_CHECK(made->write_mark({0, kEverything}));
    SW_CHECK(sync_file(made->mark_.get(), made->path_));
    SW_CHECK(sync_folder(made->path_.parent_path()));
    return made;
}

Result<std::shared_ptr<GrowingFile>> GrowingFile::open(fs::path path) {
    SW_TRY(UniqueFd file, open_or_say(path, O_RDWR));
    SW_TRY(UniqueFd mark_file, open_or_say(mark_of(path), O_RDWR));
    SW_TRY(const Mark mark, read_mark(mark_file.get()));
    std::shared_ptr<GrowingFile> opened(
        new GrowingFile(std::move(path), std::move(file), std::move(mark_file)));
    SW_TRY(opened->size_, file_size(opened->file_.get(), opened->path_));
    opened->durable_ = std::min(mark.durable, opened->size_);
    opened->counted_ = std::min(mark.counted, opened->size_);
    opened->flushing_ = opened->durable_;
    SW_CHECK(opened->take_back());
    return opened;
}

Result<> GrowingFile::recover_from_power_cut(const fs::path& path) {
    SW_TRY(const UniqueFd file, open_or_say(path, O_RDWR));
    SW_TRY(const UniqueFd mark_file, open_or_say(mark_of(path), O_RDWR));
    SW_TRY(const Mark mark, read_mark(mark_file.get()));
    SW_TRY(const std::uint64_t size, file_size(file.get(), path));
    const std::uint64_t sure = std::min({size, mark.durable, mark.counted});
    if (sure < size && ::ftruncate(file.get(), static_cast<::off_t>(sure)) != 0) {
        return system_failure("cut", path);
    }
    return {};
}

Result<GrowingFile::Mark> GrowingFile::read_mark(int fd) {
    Mark mark;
    // A mark that was not written to its end vouches for nothing.
    if (::pread(fd, &mark, sizeof mark, 0) != sizeof mark) mark = {0, kEverything};
    return mark;
}

Result<> GrowingFile::write_mark(Mark mark) {
    char bytes[sizeof mark];
    std::memcpy(bytes, &mark, sizeof mark);
    return write_all(mark_.get(), bytes, 0, mark_of(path_));
}

Result<> GrowingFile::check_turn(std::uint64_t turn) const {
    if (removed_) return no_such_upload();
    if (turn != turn_) {
        return fail(ErrorCode::Conflict, "another writer took the upload over", "taken_over");
    }
    return {};
}

Result<> GrowingFile::take_back() {
    const std::uint64_t counted = counted_.load();
    if (size_ > counted) {
        if (::ftruncate(file_.get(), static_cast<::off_t>(counted)) != 0) {
            return system_failure("cut", path_);
        }
        size_ = counted;
        flushing_ = std::min(flushing_, counted);
        durable_ = std::min(durable_, counted);
    }
    kind_ = UploadFiles::Kind::Final;
    return write_mark({durable_, kEverything});
}

Result<std::uint64_t> GrowingFile::begin(std::uint64_t offset, UploadFiles::Kind kind) {
    const std::lock_guard lock(mutex_);
    if (removed_) return no_such_upload();
    if (offset != counted_.load()) {
        return fail(ErrorCode::Conflict, "the file does not end there", "wrong_offset");
    }
    if (kind_ == UploadFiles::Kind::Provisional) SW_CHECK(take_back());
    if (kind == UploadFiles::Kind::Provisional) SW_CHECK(write_mark({durable_, size_}));
    kind_ = kind;
    return ++turn_;
}

Result<> GrowingFile::append(std::uint64_t turn, std::span<const char> bytes) {
    const std::lock_guard lock(mutex_);
    SW_CHECK(check_turn(turn));
    const std::uint64_t before = size_;
    const Result<> written = write_all(file_.get(), bytes, size_, path_);
    // What fitted on a full disk stays: the client goes on from there.
    SW_TRY(size_, file_size(file_.get(), path_));
    if (kind_ == UploadFiles::Kind::Final) {
        counted_ = size_;
        const std::unique_lock digest(digest_mutex_, std::try_to_lock);
        if (digest && digest_ && digested_.load() == before) {
            const auto stored = bytes.first(static_cast<std::size_t>(size_ - before));
            digest_->update({reinterpret_cast<const std::uint8_t*>(stored.data()), stored.size()});
            digested_ = size_;
        }
    }
    SW_CHECK(written);
    return flush_as_it_grows();
}

Result<> GrowingFile::flush_as_it_grows() {
    if (size_ - flushing_ < kFlushEvery) return {};
    ::sync_file_range(file_.get(), static_cast<::off64_t>(flushing_),
                      static_cast<::off64_t>(size_ - flushing_), SYNC_FILE_RANGE_WRITE);
    flushing_ = size_;
    if (size_ - durable_ < kDurableEvery) return {};
    return make_durable();
}

Result<> GrowingFile::make_durable() {
    SW_CHECK(sync_file(file_.get(), path_));
    durable_ = size_;
    const bool provisional = kind_ == UploadFiles::Kind::Provisional;
    SW_CHECK(write_mark({durable_, provisional ? counted_.load() : kEverything}));
    return sync_file(mark_.get(), path_);
}

Result<> GrowingFile::accept(std::uint64_t turn) {
    const std::lock_guard lock(mutex_);
    SW_CHECK(check_turn(turn));
    counted_ = size_;
    kind_ = UploadFiles::Kind::Final;
    return write_mark({durable_, kEverything});
}

Result<> GrowingFile::discard(std::uint64_t turn) {
    const std::lock_guard lock(mutex_);
    SW_CHECK(check_turn(turn));
    return take_back();
}

Result<FinishedUpload> GrowingFile::finish() {
    const std::lock_guard lock(mutex_);
    if (removed_) return no_such_upload();
    ++turn_;
    if (kind_ == UploadFiles::Kind::Provisional) SW_CHECK(take_back());
    SW_CHECK(make_durable());
    FinishedUpload finished;
    finished.file = path_;
    finished.size = size_;
    const std::lock_guard digest(digest_mutex_);
    const std::uint64_t behind = size_ - digested_.load();
    if (digest_ && behind <= kDigestAtEnd) {
        SW_TRY(const auto more,
               digest_part(file_.get(), digested_.load(), behind, *digest_, path_));
        digested_ += more;
        const auto bytes = digest_->finish();
        digest_.reset();
        std::ranges::copy(bytes, sum_.emplace().begin());
    }
    finished.sha256 = sum_;
    return finished;
}

Result<> GrowingFile::remove() {
    const std::lock_guard lock(mutex_);
    removed_ = true;
    ++turn_;
    ::unlink(path_.c_str());
    ::unlink(mark_of(path_).c_str());
    return sync_folder(path_.parent_path());
}

bool GrowingFile::wants_digest() {
    return digested_.load() < counted_.load() && !digesting_.exchange(true);
}

bool GrowingFile::digest_more() {
    {
        const std::lock_guard lock(digest_mutex_);
        const std::uint64_t from = digested_.load();
        const std::uint64_t behind = counted_.load() - from;
        if (digest_ && behind > 0) {
            const auto step = std::min(behind, kDigestStep);
            const auto more = digest_part(file_.get(), from, step, *digest_, path_);
            if (more && *more > 0) {
                digested_ += *more;
                return true;
            }
            // Without its digest the upload still completes; the sum is then read off the object.
            if (!more) log::warning("upload.digest_failed", {{"error", more.error().message}});
            digest_.reset();
        }
    }
    digesting_ = false;
    return false;
}

}  // namespace syncwatch::filesystem
