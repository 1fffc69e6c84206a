#pragma once
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/blob_cache.h"
#include "adapters/s3/s3_client.h"
#include "ports/source_file.h"

namespace syncwatch::s3 {

/// A large object of which only what is read comes, in pages, to a file in the cache's folder. Who
/// reads on and on gets larger and larger pieces ahead. Its bytes have no checksum but the
/// transport's, because the object's is of the whole.
class PartialObject final : public PartialFile {
public:
    /// They outlive it.
    struct Powers {
        S3Client& client;
        BlobCache& cache;
        net::thread_pool& writes;
    };
    static constexpr std::uint64_t kPage = std::uint64_t{1} << 20;
    /// What is brought at once at most: as much as S3Client::get_part gives.
    static constexpr std::uint64_t kMostAtOnce = 8 * kPage;

    /// Errors: Unavailable.
    static Result<std::shared_ptr<PartialObject>> make(std::string key, std::uint64_t size,
                                                       Powers powers);

    const std::filesystem::path& path() const override { return arrival_.path(); }
    std::uint64_t size() const override { return size_; }
    Async<> bring(std::uint64_t offset, std::uint64_t count) override;
    /// That have come so far.
    std::uint64_t bytes_here() const;

private:
    /// Neighbouring pages.
    struct Span {
        std::size_t first = 0;
        std::size_t count = 0;
    };

    PartialObject(std::string key, std::uint64_t size, Powers powers, BlobCache::Arrival arrival);

    Span missing(std::uint64_t offset, std::uint64_t count);
    Async<> bring_pages(Span pages);

    const std::string key_;
    const std::uint64_t size_;
    const Powers powers_;
    BlobCache::Arrival arrival_;
    const UniqueFd file_;
    mutable std::mutex mutex_;  // Guards what follows.
    std::vector<bool> here_;    ///< Of each page.
    std::size_t ahead_ = 1;     ///< Pages that the next piece has.
    std::size_t expected_ = 0;  ///< The page that a reader who goes on wants next.
};

}  // namespace syncwatch::s3
