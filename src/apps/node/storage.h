#pragma once
#include <memory>

#include <boost/asio/thread_pool.hpp>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/filesystem/file_uploads.h"
#include "apps/config/settings.h"
#include "base/unique_fd.h"

namespace syncwatch::apps {

/// Films and uploads on this machine's disk. One process at a time: a lock in the data folder
/// keeps a second server out.
class Storage {
public:
    /// The data folder is there. Errors: Conflict (reason "data_folder_in_use"), Unavailable.
    static Result<std::unique_ptr<Storage>> open(const config::Settings& settings);
    ~Storage();

    BlobStore& blobs() { return *blobs_; }
    UploadFiles& uploads() { return *uploads_; }

private:
    explicit Storage(UniqueFd lock) : lock_(std::move(lock)) {}

    UniqueFd lock_;
    // Players do not wait behind a film that comes in, nor behind one that is being made.
    net::thread_pool reads_{2};
    net::thread_pool writes_{2};
    net::thread_pool uploading_{2};
    std::unique_ptr<filesystem::FileBlobStore> blobs_;
    std::unique_ptr<filesystem::FileUploads> uploads_;
};

}  // namespace syncwatch::apps
