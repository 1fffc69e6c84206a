#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/digest.h"
#include "base/unique_fd.h"

namespace syncwatch::s3 {

/// Where the bytes of one object go as they come, and their SHA-256. A transfer that was cut off
/// goes on behind what is already here. One thread at a time.
class Download {
public:
    /// The file ends at `offset` at first, and takes `limit` bytes more at most. Without one the
    /// bytes are measured and forgotten.
    explicit Download(UniqueFd file = UniqueFd(), std::uint64_t limit = ~std::uint64_t{0},
                      std::uint64_t offset = 0)
        : file_(std::move(file)), limit_(limit), offset_(offset) {}

    /// False: the file took no more; error() says why.
    bool write(std::string_view bytes);
    /// Forgets everything that came.
    bool restart();

    std::uint64_t size() const { return size_; }
    /// errno of the write that failed; 0: none did.
    int error() const { return error_; }
    /// Of all bytes since the start. Once; only restart() may follow.
    Sha256Sum finish();
    UniqueFd take_file() { return std::move(file_); }

private:
    UniqueFd file_;
    const std::uint64_t limit_;
    const std::uint64_t offset_;
    Digest digest_{Digest::Algorithm::Sha256};
    std::uint64_t size_ = 0;
    int error_ = 0;
};

}  // namespace syncwatch::s3
