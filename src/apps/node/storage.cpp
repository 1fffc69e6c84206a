#include "apps/node/storage.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>

namespace syncwatch::apps {
namespace {

/// Held until the descriptor is closed, also by a process that is killed.
Result<UniqueFd> lock_folder(const std::filesystem::path& folder) {
    const std::string file = (folder / "lock").string();
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) {
        return fail(ErrorCode::Forbidden, "open " + file + ": " + std::strerror(errno),
                    "data_folder");
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorCode::Conflict,
                    "another syncwatch serves from " + folder.string() + " already",
                    "data_folder_in_use");
    }
    return fd;
}

}  // namespace

Result<std::unique_ptr<Storage>> Storage::open(const config::Settings& settings) {
    SW_TRY(UniqueFd lock, lock_folder(settings.data.dir));
    std::unique_ptr<Storage> storage(new Storage(std::move(lock)));
    SW_TRY(storage->blobs_, filesystem::FileBlobStore::open(settings.objects_path(),
                                                            {storage->reads_, storage->writes_}));
    SW_TRY(storage->uploads_,
           filesystem::FileUploads::open(settings.data.dir / "uploads", storage->uploading_));
    return storage;
}

Storage::~Storage() {
    uploading_.join();
    writes_.join();
    reads_.join();
}

}  // namespace syncwatch::apps
