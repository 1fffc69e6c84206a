#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/s3/multipart_upload.h"

namespace syncwatch::s3 {

/// Sends whole files: small ones at once, big ones in parts. Memory stays flat, whatever their
/// size; each file is read twice, once for the checksums that have to come before the bytes.
class FileSender {
public:
    struct Options {
        std::uint64_t part_size = 16 * 1024 * 1024;  ///< 5 MiB at least; grows for huge files.
    };

    /// `pool` reads files for their checksums. All outlive this.
    FileSender(Exchange& exchange, net::thread_pool& pool, Options options)
        : exchange_(exchange), pool_(pool), options_(options) {}

    struct Sent {
        std::uint64_t size = 0;
        Sha256Sum sha256{};
    };
    /// Errors: as S3Client::put; Unavailable also when the file cannot be read.
    Async<Sent> send(std::string name, std::shared_ptr<const UniqueFd> file);

private:
    struct Sums {
        std::uint64_t size = 0;
        std::uint64_t part_size = 0;
        Sha256Sum whole{};
        std::vector<Sha256Sum> parts;
    };
    static Result<Sums> sums_of(int fd, std::uint64_t part_size);
    Async<> send_parts(std::string name, std::shared_ptr<const UniqueFd> file,
                       std::shared_ptr<const Sums> sums);
    Async<std::vector<MultipartUpload::Part>> send_each(MultipartUpload upload,
                                                        std::shared_ptr<const UniqueFd> file,
                                                        std::shared_ptr<const Sums> sums);
    Async<> complete(MultipartUpload upload, std::vector<MultipartUpload::Part> parts,
                     std::string name, Sha256Sum sum);

    Exchange& exchange_;
    net::thread_pool& pool_;
    const Options options_;
};

}  // namespace syncwatch::s3
