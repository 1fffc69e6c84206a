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
    /// What becomes of an object that has the name already.
    enum class Existing : std::uint8_t { Replaced, Kept };
    /// Errors: as S3Client::put; Unavailable also when the file cannot be read. Where what is there
    /// is kept, Conflict: something is, with other bytes; of stores that know no conditions for
    /// objects in parts, two who come at the same moment may both succeed.
    Async<Sent> send(std::string name, std::shared_ptr<const UniqueFd> file,
                     Existing existing = Existing::Replaced);

private:
    struct Sums {
        std::uint64_t size = 0;
        std::uint64_t part_size = 0;
        Sha256Sum whole{};
        std::vector<Sha256Sum> parts;
        Existing existing = Existing::Replaced;
    };
    static Result<Sums> sums_of(int fd, std::uint64_t part_size);
    Async<> send_parts(std::string name, std::shared_ptr<const UniqueFd> file,
                       std::shared_ptr<const Sums> sums);
    Async<std::vector<MultipartUpload::Part>> send_each(MultipartUpload upload,
                                                        std::shared_ptr<const UniqueFd> file,
                                                        std::shared_ptr<const Sums> sums);
    Async<> complete(MultipartUpload upload, std::vector<MultipartUpload::Part> parts,
                     std::string name, std::shared_ptr<const Sums> sums);
    Async<> expect_nothing(std::string name);

    Exchange& exchange_;
    net::thread_pool& pool_;
    const Options options_;
};

}  // namespace syncwatch::s3
