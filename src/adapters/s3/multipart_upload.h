#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/s3/s3_client.h"

namespace syncwatch::s3 {

/// One object that is sent in parts, each of which is tried again by itself. Nobody sees the object
/// before complete(). What is neither completed nor aborted stays
/// in the store unseen, and costs: give the bucket a lifecycle rule that aborts such uploads.
/// Errors of all: as Exchange::ask. Source: Amazon S3 User Guide, "Uploading and copying objects
/// using multipart upload".
class MultipartUpload {
public:
    struct Part {
        int number = 0;  ///< From 1.
        std::string etag;
    };

    /// `name` is below the location's prefix; `sum` is the SHA-256 of the whole, kept for readers.
    static Async<MultipartUpload> create(Exchange& exchange, std::string name, Sha256Sum sum);
    /// All but the last have 5 MiB or more. A number that was sent before is replaced.
    Async<Part> send(int number, HttpBody body, Sha256Sum sum) const;
    /// Makes the object of these parts. NotFound: it was completed or aborted already. With
    /// `only_new`, Conflict: an object is there; not every store looks (then it is replaced).
    Async<> complete(std::vector<Part> parts, bool only_new = false) const;
    /// Absent is success.
    Async<> abort() const;

private:
    MultipartUpload(Exchange& exchange, std::string name, std::string id)
        : exchange_(&exchange), name_(std::move(name)), id_(std::move(id)) {}

    Exchange* exchange_;
    std::string name_;  ///< With the location's prefix.
    std::string id_;
};

}  // namespace syncwatch::s3
