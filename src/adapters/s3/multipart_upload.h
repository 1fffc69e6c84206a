#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/s3/s3_client.h"

namespace syncwatch::s3 {

/// One object that is sent in parts: each is tried again by itself, and they may come from several
/// machines. Nobody sees the object before complete(). What is neither completed nor aborted stays
/// in the store unseen, and costs: give the bucket a lifecycle rule that aborts such uploads.
/// Errors of all: as Exchange::ask. Source: Amazon S3 User Guide, "Uploading and copying objects
/// using multipart upload".
class MultipartUpload {
public:
    struct Part {
        int number = 0;  ///< From 1.
        std::string etag;
        std::uint64_t size = 0;
    };

    /// Names below the location's prefix.
    static Async<MultipartUpload> create(Exchange& exchange, std::string name,
                                         const Sha256Sum* sum);
    /// One that was created earlier, perhaps elsewhere.
    MultipartUpload(Exchange& exchange, std::string name, std::string id)
        : exchange_(&exchange), name_(std::move(name)), id_(std::move(id)) {}

    const std::string& id() const { return id_; }
    /// All but the last have 5 MiB or more. A number that was sent before is replaced.
    Async<Part> send(int number, HttpBody body, Sha256Sum sum) const;
    /// What has arrived, in order.
    Async<std::vector<Part>> parts() const;
    /// Makes the object of these parts. NotFound: it was completed or aborted already.
    Async<> complete(std::vector<Part> parts) const;
    /// Absent is success.
    Async<> abort() const;

private:
    Exchange* exchange_;
    std::string name_;  ///< With the location's prefix.
    std::string id_;
};

}  // namespace syncwatch::s3
