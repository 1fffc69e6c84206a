#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "base/digest.h"
#include "base/unique_fd.h"
#include "ports/upload_files.h"

namespace syncwatch::filesystem {

/// One upload's file: who may write, how far it has come, and its SHA-256 so far. Beside it lies a
/// mark that says how much of it survives what: `durable` bytes a power cut, `counted` bytes the
/// death of this process (more may lie there, provisionally).
/// Blocking, for threads of a pool; safe from any of them.
class GrowingFile {
public:
    /// Errors: Conflict (it is there already).
    static Result<std::shared_ptr<GrowingFile>> create(std::filesystem::path path);
    /// Takes up a file of an earlier process: what does not count is cut off. Errors: NotFound.
    static Result<std::shared_ptr<GrowingFile>> open(std::filesystem::path path);
    /// Cuts off what may not have reached the disk before the machine stopped.
    static Result<> recover_from_power_cut(const std::filesystem::path& path);
    static std::filesystem::path mark_of(const std::filesystem::path& path);

    /// Bytes that count.
    std::uint64_t size() const { return counted_.load(); }

    /// As in UploadFiles. begin() gives the writer's turn.
    Result<std::uint64_t> begin(std::uint64_t offset, UploadFiles::Kind kind);
    Result<> append(std::uint64_t turn, std::span<const char> bytes);
    Result<> accept(std::uint64_t turn);
    Result<> discard(std::uint64_t turn);
    Result<FinishedUpload> finish();
    /// Removes the file; whoever still holds this finds nothing.
    Result<> remove();

    /// True if the digest is behind and nobody is at it: the caller then calls digest_more() until
    /// that gives false.
    bool wants_digest();
    bool digest_more();

private:
    struct Mark {
        std::uint64_t durable = 0;
        std::uint64_t counted = 0;
    };
    static constexpr std::uint64_t kEverything = ~std::uint64_t{0};

    GrowingFile(std::filesystem::path path, UniqueFd file, UniqueFd mark);
    static Result<Mark> read_mark(int fd);

    Result<> check_turn(std::uint64_t turn) const;
    Result<> write_mark(Mark mark);
    Result<> flush_as_it_grows();
    Result<> make_durable();
    /// Forgets what was appended provisionally. `mutex_` is held.
    Result<> take_back();

    const std::filesystem::path path_;
    const UniqueFd file_;
    const UniqueFd mark_;

    std::mutex mutex_;  // One write at a time; guards everything down to counted_.
    std::uint64_t turn_ = 0;
    UploadFiles::Kind kind_ = UploadFiles::Kind::Final;
    std::uint64_t size_ = 0;  ///< Bytes in the file.
    std::uint64_t durable_ = 0;
    std::uint64_t flushing_ = 0;  ///< Up to here the kernel was told to write.
    bool removed_ = false;
    std::atomic<std::uint64_t> counted_{0};

    std::mutex digest_mutex_;  // Taken after mutex_, if both are.
    std::optional<Digest> digest_{Digest(Digest::Algorithm::Sha256)};
    std::optional<Sha256Sum> sum_;
    std::atomic<std::uint64_t> digested_{0};
    std::atomic<bool> digesting_{false};
};

}  // namespace syncwatch::filesystem
