#include "adapters/s3/s3_uploads.h"

#include <algorithm>
#include <array>
#include <set>

#include <fcntl.h>

#include "adapters/filesystem/files.h"
#include "base/async/offload.h"
#include "base/log/log.h"

namespace syncwatch::s3 {
namespace {

namespace fs = std::filesystem;

const std::string kUploads = "uploads/";
constexpr std::chrono::seconds kUntilFinished{5};  ///< When it makes sense to ask again.

std::string prefix_of(UploadId id) {
    return kUploads + id.text() + "/";
}

tl::unexpected<Error> unknown_upload() {
    return fail(ErrorCode::NotFound, "there is no such upload", "no_such_upload");
}

}  // namespace

class S3Uploads::Finishing {
public:
    Finishing(S3Uploads& uploads, UploadId id) : uploads_(uploads), id_(id) {
        const std::lock_guard lock(uploads_.mutex_);
        mine_ = uploads_.finishing_.insert(id_).second;
        if (mine_) ++uploads_.writing_[id_].turn;
    }
    Finishing(const Finishing&) = delete;
    Finishing& operator=(const Finishing&) = delete;
    ~Finishing() {
        const std::lock_guard lock(uploads_.mutex_);
        if (mine_) uploads_.finishing_.erase(id_);
    }

    bool mine() const { return mine_; }

private:
    S3Uploads& uploads_;
    const UploadId id_;
    bool mine_ = false;
};

Result<std::unique_ptr<S3Uploads>> S3Uploads::open(Options options, Powers powers) {
    std::error_code failed;
    options.folder = fs::absolute(options.folder, failed);
    fs::remove_all(options.folder, failed);
    SW_CHECK(filesystem::ensure_folder(options.folder));
    return std::unique_ptr<S3Uploads>(new S3Uploads(std::move(options), powers));
}

std::string S3Uploads::new_word() {
    std::array<std::uint8_t, 8> bytes{};
    powers_.random.fill(bytes);
    return encode_hex(bytes);
}

Result<S3Uploads::Writing> S3Uploads::check(const UploadWriter& writer) {
    const std::lock_guard lock(mutex_);
    const auto found = writing_.find(writer.id);
    if (found == writing_.end()) return unknown_upload();
    if (found->second.turn == writer.turn) return found->second;
    return fail(ErrorCode::Conflict, "another writer began", "taken_over");
}

template <class Change>
Result<> S3Uploads::update(const UploadWriter& writer, Change change) {
    SW_CHECK(check(writer));
    const std::lock_guard lock(mutex_);
    const auto found = writing_.find(writer.id);
    if (found != writing_.end() && found->second.turn == writer.turn) change(found->second);
    return {};
}

Async<std::vector<std::string>> S3Uploads::names(UploadId id) {
    const std::string prefix = prefix_of(id);
    SW_CO_TRY(std::vector<std::string> found, co_await client_.list(prefix));
    if (found.empty()) {
        // A list may be behind what was written; the object itself is not.
        const auto mark = co_await client_.head(prefix + std::string(kUploadMark));
        if (mark) {
            co_return fail_unavailable("objects", "the store's list is behind", kUntilFinished);
        }
        if (mark.error().code != ErrorCode::NotFound) co_return fail(mark.error());
        co_return unknown_upload();
    }
    for (std::string& each : found) each.erase(0, prefix.size());
    co_return found;
}

Async<> S3Uploads::store(std::string name, std::string bytes) {
    HttpBody body;
    body.size = bytes.size();
    body.text = std::make_shared<const std::string>(std::move(bytes));
    auto add = [text = body.text] { return sha256(as_bytes(*text)); };
    const Sha256Sum sum = co_await offload(powers_.pool, std::move(add));
    co_return co_await client_.put(std::move(name), std::move(body), sum);
}

Async<> S3Uploads::create(UploadId id) {
    std::string nothing;
    co_return co_await store(prefix_of(id) + std::string(kUploadMark), std::move(nothing));
}

Async<std::uint64_t> S3Uploads::size(UploadId id) {
    SW_CO_TRY(const std::vector<std::string> found, co_await names(id));
    co_return reach_of(chain_of(found));
}

Async<UploadWriter> S3Uploads::begin(UploadId id, std::uint64_t offset, Kind kind) {
    SW_CO_TRY(const std::uint64_t end, co_await size(id));
    if (offset != end) {
        co_return fail(ErrorCode::Conflict, "the upload ends elsewhere", "wrong_offset");
    }
    const std::lock_guard lock(mutex_);
    Writing& writing = writing_[id];
    writing = Writing{writing.turn + 1, new_word(), kind, offset, offset, {}};
    co_return UploadWriter{id, writing.turn};
}

Async<std::string> S3Uploads::append(UploadWriter writer, std::string buffer, std::size_t count) {
    SW_CO_TRY(const Writing writing, check(writer));
    if (count == 0) co_return std::move(buffer);
    const bool provisional = writing.kind == Kind::Provisional;
    const std::string name = provisional ? provisional_name(writing.end, count, writing.word)
                                         : chunk_name(writing.end, count, writing.word);
    SW_CO_CHECK(co_await store(prefix_of(writer.id) + name, buffer.substr(0, count)));
    SW_CO_CHECK(update(writer, [&](Writing& now) {
        now.end += count;
        if (provisional) now.provisional.push_back(name);
    }));
    co_return std::move(buffer);
}

Async<> S3Uploads::accept(UploadWriter writer) {
    SW_CO_TRY(const Writing writing, check(writer));
    std::string nothing;
    SW_CO_CHECK(
        co_await store(prefix_of(writer.id) + accepted_name(writing.word), std::move(nothing)));
    co_return update(writer, [](Writing& now) {
        now.kind = Kind::Final;
        now.provisional.clear();
    });
}

Async<> S3Uploads::discard(UploadWriter writer) {
    SW_CO_TRY(const Writing writing, check(writer));
    std::vector<std::string> pieces;
    for (const std::string& each : writing.provisional) {
        pieces.push_back(prefix_of(writer.id) + each);
    }
    // A new word: what could not be removed is never accepted either.
    SW_CO_CHECK(update(writer, [&](Writing& now) {
        now.word = new_word();
        now.end = now.start;
        now.provisional.clear();
    }));
    const Result<> removed = co_await client_.remove_many(std::move(pieces));
    if (!removed) log::debug("upload.left_over", {{"error", removed.error().message}});
    co_return Result<>();
}

Async<FinishedUpload> S3Uploads::finish(UploadId id) {
    SW_CO_TRY(const std::vector<std::string> found, co_await names(id));
    const Finishing claim(*this, id);
    if (!claim.mine()) {
        co_return fail_unavailable("objects", "the upload is being finished", kUntilFinished);
    }
    std::vector<UploadChunk> chain = chain_of(found);
    FinishedUpload finished;
    finished.size = reach_of(chain);
    finished.file = file_of(id);
    auto look = [file = finished.file, size = finished.size] {
        std::error_code absent;
        return fs::file_size(file, absent) == size && !absent;
    };
    const bool here = co_await offload(powers_.pool, std::move(look));
    if (!here) SW_CO_CHECK(co_await bring(id, std::move(chain)));
    auto add = [file = finished.file]() -> Result<Sha256Sum> {
        SW_TRY(const UniqueFd fd, filesystem::open_file(file, O_RDONLY));
        return filesystem::digest_file(fd.get(), file);
    };
    SW_CO_TRY(finished.sha256, co_await offload(powers_.pool, std::move(add)));
    co_return finished;
}

Async<> S3Uploads::bring(UploadId id, std::vector<UploadChunk> chain) {
    const std::string prefix = prefix_of(id);
    const fs::path half = file_of(id).concat(".half");
    auto empty = [half] { return filesystem::open_file(half, O_RDWR | O_CREAT | O_TRUNC); };
    SW_CO_TRY(UniqueFd file, co_await offload(powers_.pool, std::move(empty)));
    for (const UploadChunk& chunk : chain) {
        const auto download = std::make_shared<Download>(std::move(file), chunk.size, chunk.offset);
        SW_CO_TRY(const ObjectFacts facts, co_await client_.get(prefix + chunk.name, download));
        if (facts.size != chunk.size) {
            co_return fail(ErrorCode::Corrupt, chunk.name + " has another size");
        }
        file = download->take_file();
    }
    auto whole = [half, to = file_of(id)] { return filesystem::move_durably(half, to); };
    co_return co_await offload(powers_.pool, std::move(whole));
}

Async<> S3Uploads::remove(UploadId id) {
    {
        const std::lock_guard lock(mutex_);
        writing_.erase(id);
    }
    SW_CO_TRY(std::vector<std::string> found, co_await client_.list(prefix_of(id)));
    // The mark last: as long as anything is there, the upload is in the list, and removed again.
    std::erase(found, prefix_of(id) + std::string(kUploadMark));
    SW_CO_CHECK(co_await client_.remove_many(std::move(found)));
    SW_CO_CHECK(co_await client_.remove(prefix_of(id) + std::string(kUploadMark)));
    auto unlink = [file = file_of(id)] {
        std::error_code failed;
        fs::remove(fs::path(file).concat(".half"), failed);
        return fs::remove(file, failed);
    };
    co_await offload(powers_.pool, std::move(unlink));
    co_return Result<>();
}

Async<std::vector<UploadId>> S3Uploads::list() {
    constexpr int kPage = 1000;
    SW_CO_TRY(const std::vector<std::string> folders,
              co_await client_.list(kUploads, kPage, S3Client::Depth::Folders));
    std::set<UploadId> ids;
    for (const std::string& folder : folders) {
        const std::string_view rest = std::string_view(folder).substr(kUploads.size());
        const auto id = UploadId::parse(rest.substr(0, rest.find('/')));
        if (id) ids.insert(*id);
    }
    const std::lock_guard lock(mutex_);
    // Those that ended on other nodes.
    std::erase_if(writing_, [&](const auto& each) { return !ids.contains(each.first); });
    co_return std::vector<UploadId>(ids.begin(), ids.end());
}

}  // namespace syncwatch::s3
