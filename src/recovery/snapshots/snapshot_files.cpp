#include "recovery/snapshots/snapshot_files.h"

#include <array>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "base/async/offload.h"
#include "base/digest.h"

namespace syncwatch::recovery {

namespace fs = std::filesystem;

Async<SnapshotFiles::Stored> SnapshotFiles::digest(fs::path file) {
    auto work = [file]() -> Result<Stored> {
        std::ifstream in(file, std::ios::binary);
        if (!in) return fail(ErrorCode::NotFound, "cannot read " + file.string());
        constexpr std::size_t kPiece = std::size_t{256} << 10;
        std::vector<char> piece(kPiece);
        Digest digest(Digest::Algorithm::Sha256);
        Stored stored;
        while (in) {
            in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
            const auto got = static_cast<std::size_t>(in.gcount());
            digest.update(as_bytes(std::string_view(piece.data(), got)));
            stored.bytes += got;
        }
        if (in.bad()) return fail(ErrorCode::Unavailable, "cannot read on in " + file.string());
        stored.sha256 = encode_hex(digest.finish());
        return stored;
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<SnapshotFiles::Stored> SnapshotFiles::put(BackupRecord record, fs::path file) {
    SW_CO_TRY(const std::string object, name_of(record));
    SW_CO_TRY(Stored stored, co_await digest(file));
    Result<std::uint64_t> created = fail(ErrorCode::Unavailable, "there is no repository");
    for (const Place& each : places_) {
        created = co_await each.repository->create_from(object, file);
        if (created) break;
    }
    if (!created) co_return tl::unexpected(created.error());
    // It was read twice: somebody else wrote to it meanwhile, or the disk cannot be believed.
    if (*created != stored.bytes) {
        co_return fail(ErrorCode::Corrupt, file.string() + " changed while it was being stored");
    }
    co_return stored;
}

Result<std::string> SnapshotFiles::name_of(const BackupRecord& record) const {
    const auto file = record.annotations.find(kFile);
    if (file != record.annotations.end()) return names_.data(record, file->second);
    return fail(ErrorCode::Corrupt, "its record does not say what its file is called");
}

Async<> SnapshotFiles::check(BackupRecord record, fs::path file) {
    SW_CO_TRY(const Stored now, co_await digest(std::move(file)));
    if (now.bytes != record.stored_bytes) {
        co_return fail(ErrorCode::Corrupt, fmt::format("it has {} bytes, and {} were written",
                                                       now.bytes, record.stored_bytes));
    }
    if (now.sha256 != record.root) {
        co_return fail(ErrorCode::Corrupt, "its bytes are not those that were written");
    }
    co_return Result<>();
}

Async<> SnapshotFiles::fetch_from(std::size_t place, BackupRecord record, fs::path to) {
    SW_CO_TRY(std::string name, name_of(record));
    SW_CO_CHECK(co_await places_[place].repository->fetch(std::move(name), to));
    auto checked = co_await check(std::move(record), to);
    if (!checked) {
        std::error_code ignored;
        fs::remove(to, ignored);
    }
    co_return checked;
}

Async<> SnapshotFiles::fetch(BackupRecord record, fs::path to) {
    Result<> fetched = fail(ErrorCode::Unavailable, "there is no repository");
    for (std::size_t place = 0; place < places_.size() && !fetched; ++place) {
        fetched = co_await fetch_from(place, record, to);
    }
    co_return fetched;
}

}  // namespace syncwatch::recovery
