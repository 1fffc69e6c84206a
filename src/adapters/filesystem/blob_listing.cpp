#include "adapters/filesystem/blob_listing.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/filesystem/files.h"

namespace syncwatch::filesystem {
namespace {

constexpr std::size_t kPage = 4000;

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

bool is_absent(int error) {
    return error == ENOENT || error == ENOTDIR;
}

/// One page on its way through the folders, in the order of whole keys.
class Walk {
public:
    Walk(const fs::path& root, std::string_view from) : root_(root), from_(from) {}

    /// What lies under `key` + "/". False: the page is full.
    Result<bool> enter(const std::string& key);
    BlobPage take() { return std::move(page_); }

private:
    /// Its names; those of folders end in a slash, so that they sort as the keys in them do.
    Result<std::vector<std::string>> names(DIR* folder, const std::string& key) const;
    bool lies_before(const std::string& key) const;
    Result<bool> add(int folder, const std::string& name, std::string key);

    const fs::path& root_;
    const std::string_view from_;
    BlobPage page_;
};

/// Whole folders are passed over where the page begins behind all that is in them.
bool Walk::lies_before(const std::string& key) const {
    if (key.back() != '/') return key <= from_;
    return key <= from_ && !from_.starts_with(key);
}

Result<std::vector<std::string>> Walk::names(DIR* folder, const std::string& key) const {
    std::vector<std::string> found;
    for (;;) {
        errno = 0;
        const dirent* const each = ::readdir(folder);
        if (each == nullptr && errno != 0) return system_failure("list", root_ / key);
        if (each == nullptr) break;
        std::string name = each->d_name;
        if (name == "." || name == "..") continue;
        bool is_folder = each->d_type == DT_DIR;
        if (each->d_type == DT_UNKNOWN) {
            struct ::stat facts {};
            const int looked =
                ::fstatat(::dirfd(folder), each->d_name, &facts, AT_SYMLINK_NOFOLLOW);
            is_folder = looked == 0 && S_ISDIR(facts.st_mode);
        }
        if (is_folder) name += '/';
        found.push_back(std::move(name));
    }
    std::ranges::sort(found);
    return found;
}

// What vanished meanwhile is not there.
Result<bool> Walk::add(int folder, const std::string& name, std::string key) {
    struct ::stat facts {};
    if (::fstatat(folder, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        if (is_absent(errno)) return true;
        return system_failure("look at", root_ / key);
    }
    if (!S_ISREG(facts.st_mode) || !is_blob_key(key)) return true;
    const auto stored_at = std::chrono::sys_seconds(std::chrono::seconds(facts.st_mtim.tv_sec));
    page_.all.push_back({key, static_cast<std::uint64_t>(facts.st_size), stored_at});
    if (page_.all.size() < kPage) return true;
    page_.next = std::move(key);
    return false;
}

Result<bool> Walk::enter(const std::string& key) {
    const fs::path path = root_ / key;
    const Folder folder(::opendir(path.c_str()));
    if (!folder) {
        if (is_absent(errno)) return true;
        return system_failure("list", path);
    }
    SW_TRY(const auto all, names(folder.get(), key));
    for (const std::string& name : all) {
        std::string below = key + "/" + name;
        if (lies_before(below)) continue;
        bool more = true;
        if (name.back() == '/') {
            below.pop_back();
            SW_TRY(more, enter(below));
        } else {
            SW_TRY(more, add(::dirfd(folder.get()), name, std::move(below)));
        }
        if (!more) return false;
    }
    return true;
}

}  // namespace

Result<BlobPage> list_blobs(const fs::path& root, const std::string& prefix,
                            std::string_view from) {
    Walk walk(root, from);
    SW_CHECK(walk.enter(prefix));
    return walk.take();
}

}  // namespace syncwatch::filesystem
