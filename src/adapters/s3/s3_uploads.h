#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/s3_client.h"
#include "adapters/s3/upload_chunks.h"
#include "ports/upload_files.h"

namespace syncwatch::s3 {

/// Uploads whose bytes may arrive at any node: each append() is an object of its own below
/// "uploads/ID/", whole or absent, and how much has arrived is what a listing shows. finish()
/// brings all of it to this node's disk, for what has to be given a file; that takes as long as it
/// takes, and whoever asks meanwhile is told Unavailable.
///
/// One node knows of its own writers only. Two nodes that write the same upload at once are one
/// client whose first request has not died yet: both store the bytes that belong there, and either
/// will do. `pool` does what blocks.
class S3Uploads final : public UploadFiles {
public:
    struct Options {
        std::filesystem::path folder;  ///< For finished uploads; may be lost any time.
    };
    /// They outlive this.
    struct Powers {
        Exchange& exchange;
        Random& random;
        net::thread_pool& pool;
    };

    /// Makes the folder and empties it. Errors: Unavailable.
    static Result<std::unique_ptr<S3Uploads>> open(Options options, Powers powers);

    /// Each piece is an object: a film of 10 GB should not be twenty thousand of them.
    Grain grain() const override { return {8 * 1024 * 1024, std::chrono::seconds(5)}; }
    Async<> create(UploadId id) override;
    Async<std::uint64_t> size(UploadId id) override;
    Async<UploadWriter> begin(UploadId id, std::uint64_t offset, Kind kind) override;
    Async<std::string> append(UploadWriter writer, std::string buffer, std::size_t count) override;
    Async<> accept(UploadWriter writer) override;
    Async<> discard(UploadWriter writer) override;
    Async<FinishedUpload> finish(UploadId id) override;
    Async<> remove(UploadId id) override;
    Async<std::vector<UploadId>> list() override;

private:
    /// A writer of this node.
    struct Writing {
        std::uint64_t turn = 0;
        std::string word;  ///< Its own, in the names of its objects.
        Kind kind = Kind::Final;
        std::uint64_t start = 0;
        std::uint64_t end = 0;
        std::vector<std::string> provisional;  ///< What discard() removes.
    };

    /// The right to finish an upload, for one at a time.
    class Finishing;

    S3Uploads(Options options, Powers powers)
        : options_(std::move(options)), powers_(powers), client_(powers.exchange) {}

    std::string new_word();
    /// NotFound, or a copy of what the writer is at. Errors: Conflict ("taken_over").
    Result<Writing> check(const UploadWriter& writer);
    /// Applies `change` if it is still the one writer. Errors: as check().
    template <class Change>
    Result<> update(const UploadWriter& writer, Change change);
    /// The names below the upload's prefix. Errors: NotFound.
    Async<std::vector<std::string>> names(UploadId id);
    Async<> store(std::string name, std::string bytes);
    /// The file of a finished upload: there only when it is whole.
    std::filesystem::path file_of(UploadId id) const { return options_.folder / id.text(); }
    Async<> bring(UploadId id, std::vector<UploadChunk> chain);

    const Options options_;
    const Powers powers_;
    S3Client client_;
    std::mutex mutex_;  // Guards what follows.
    std::map<UploadId, Writing> writing_;
    std::set<UploadId> finishing_;
};

}  // namespace syncwatch::s3
