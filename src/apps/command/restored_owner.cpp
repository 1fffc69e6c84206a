#include "apps/command/restored_owner.h"

#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace syncwatch::apps {

namespace fs = std::filesystem;

void give_to_owner(const fs::path& folder) {
    struct ::stat owner {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0 || owner.st_uid == 0) return;
    std::error_code failed;
    for (fs::recursive_directory_iterator each(folder, failed), end; !failed && each != end;
         each.increment(failed)) {
        struct ::stat facts {};
        const bool is_roots = ::lstat(each->path().c_str(), &facts) == 0 && facts.st_uid == 0;
        if (is_roots && ::lchown(each->path().c_str(), owner.st_uid, owner.st_gid) != 0) return;
    }
}

}  // namespace syncwatch::apps
