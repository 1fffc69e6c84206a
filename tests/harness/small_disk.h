#pragma once
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include <sched.h>
#include <sys/mount.h>

#include "harness/temp_folder.h"

namespace syncwatch {

/// A filesystem of a few megabytes, so that a test can fill it. Needs the right to mount, as root
/// or through a user namespace of the test's own; see why_not().
class SmallDisk {
public:
    explicit SmallDisk(const std::string& size = "size=4m") {
        if (mount(size)) return;
        // One thread alone may enter a namespace, so this comes before any pool is started.
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && mount(size)) return;
        why_not_ = std::strerror(errno);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted()) ::umount2(path().c_str(), MNT_DETACH);
    }

    bool mounted() const { return why_not_.empty(); }
    const std::string& why_not() const { return why_not_; }
    const std::filesystem::path& path() const { return folder_.path(); }

private:
    bool mount(const std::string& size) {
        return ::mount("tmpfs", path().c_str(), "tmpfs", 0, size.c_str()) == 0;
    }

    TempFolder folder_;
    std::string why_not_;
};

}  // namespace syncwatch
