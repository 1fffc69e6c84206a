#include "apps/escrow/laying.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/filesystem/files.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using recovery::Bundle;
using recovery::BundleKind;

tl::unexpected<Error> cannot(std::string_view doing, const fs::path& path) {
    return fail_unavailable("backup",
                            fmt::format("{} {}: {}", doing, path.string(), std::strerror(errno)),
                            std::chrono::seconds(5));
}

std::string digest_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return {};
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    return encode_hex(sha256(as_bytes(bytes)));
}

void look_at_target(Laying::Step& step) {
    struct ::stat facts {};
    if (::lstat(step.target.c_str(), &facts) != 0) return;
    step.state = fmt::format("{}:{}:{}.{:09}", facts.st_ino, facts.st_size, facts.st_mtim.tv_sec,
                             facts.st_mtim.tv_nsec);
    const bool same = S_ISREG(facts.st_mode) &&
                      static_cast<std::uint64_t>(facts.st_size) == step.about.size &&
                      digest_of(step.target) == step.about.sha256;
    step.found = same ? Found::Same : Found::Other;
}

/// A link below `root` would lead to files that nobody meant.
Result<> refuse_links(const fs::path& root, const fs::path& target) {
    fs::path at = root;
    for (const fs::path& part : target.lexically_relative(root)) {
        at /= part;
        std::error_code failed;
        if (!fs::is_symlink(fs::symlink_status(at, failed))) continue;
        return fail(ErrorCode::Conflict, at.string() + " is a link and may lead elsewhere");
    }
    return {};
}

template <class Id, class Entry, class Look>
std::optional<Id> id_of(const std::string& name, Look look, Id Entry::*id) {
    if (name.empty()) return std::nullopt;
    std::array<char, 16384> buffer{};
    Entry entry{};
    Entry* found = nullptr;
    (void)look(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr) return std::nullopt;
    return found->*id;
}

/// False: who it belonged to is nobody here, or we may not give it away.
bool give_to_owner(int fd, const recovery::BundledFile& about) {
    const auto user = id_of<uid_t, passwd>(about.owner, ::getpwnam_r, &passwd::pw_uid);
    const auto group = id_of<gid_t, ::group>(about.group, ::getgrnam_r, &::group::gr_gid);
    return user && group && ::fchown(fd, *user, *group) == 0;
}

mode_t mode_for(const Laying::Step& step, bool owned) {
    if (!step.secret) return step.about.mode & 0777;
    // Its group may be whose secret it is; others are never.
    return owned ? step.about.mode & 0740 : step.about.mode & 0700;
}

/// Makes the folders above a file; gives them to nobody else.
Result<> make_folders(const fs::path& folder, mode_t mode) {
    if (folder.empty() || ::mkdir(folder.c_str(), mode) == 0 || errno == EEXIST) return {};
    if (errno != ENOENT) return cannot("make", folder);
    SW_CHECK(make_folders(folder.parent_path(), mode));
    if (::mkdir(folder.c_str(), mode) == 0 || errno == EEXIST) return {};
    return cannot("make", folder);
}

/// What lies there gets a second name; only where that is not possible is it missing for a moment.
Result<fs::path> keep_aside(const fs::path& target, const std::string& stamp) {
    for (int i = 0; i < 100; ++i) {
        fs::path aside = target.string() + ".before-" + stamp;
        if (i > 0) aside += fmt::format("-{}", i + 1);
        if (::linkat(AT_FDCWD, target.c_str(), AT_FDCWD, aside.c_str(), 0) == 0) return aside;
        if (errno == EEXIST) continue;
        struct ::stat facts {};
        if (::lstat(aside.c_str(), &facts) == 0) continue;
        if (::rename(target.c_str(), aside.c_str()) == 0) return aside;
        return cannot("move aside", target);
    }
    return fail(ErrorCode::Conflict, target.string() + " has too many others beside it");
}

Result<bool> write_beside(const Laying::Step& step, const fs::path& fresh) {
    // Left by one that was killed.
    (void)::unlink(fresh.c_str());
    const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) return cannot("make", fresh);
    const auto written = filesystem::write_all(fd.get(), step.bytes, 0, fresh);
    if (!written) {
        (void)::unlink(fresh.c_str());
        return tl::unexpected<Error>(written.error());
    }
    const bool owned = give_to_owner(fd.get(), step.about);
    if (::fchmod(fd.get(), mode_for(step, owned)) != 0 || ::fsync(fd.get()) != 0) {
        return cannot("finish", fresh);
    }
    return owned;
}

Result<Laying::Laid> lay_one(const Laying::Step& step, const std::string& stamp,
                             mode_t folder_mode) {
    Laying::Laid laid;
    laid.target = step.target;
    if (step.found == Found::Same) return laid;
    const fs::path folder = step.target.parent_path();
    SW_CHECK(make_folders(folder, folder_mode));
    const fs::path fresh = folder / ("." + step.target.filename().string() + ".restoring");
    SW_TRY(laid.owned, write_beside(step, fresh));
    // It may have come there meanwhile.
    struct ::stat facts {};
    if (::lstat(step.target.c_str(), &facts) == 0) {
        auto aside = keep_aside(step.target, stamp);
        if (!aside) {
            (void)::unlink(fresh.c_str());
            return tl::unexpected<Error>(aside.error());
        }
        laid.aside = *std::move(aside);
    }
    SW_CHECK(filesystem::move_durably(fresh, step.target));
    laid.done = true;
    return laid;
}

}  // namespace

Result<Laying> Laying::plan(const std::vector<Bundle>& bundles, const fs::path& root) {
    std::map<std::string, Step> by_path;
    std::map<BundleKind, int> kinds;
    for (const Bundle& bundle : bundles) {
        if (++kinds[bundle.about.kind] > 1) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("there are two bundles of {}", word(bundle.about.kind)));
        }
        const bool secret = bundle.about.kind == BundleKind::Secrets;
        for (std::size_t i = 0; i < bundle.contents.size(); ++i) {
            Step& step = by_path[bundle.about.files[i].path];
            if (step.secret) continue;
            step.about = bundle.about.files[i];
            step.bytes = bundle.contents[i];
            step.secret = secret;
        }
    }
    Laying laying;
    laying.root_ = fs::absolute(root).lexically_normal();
    for (auto& [path, step] : by_path) {
        step.target = laying.root_ / path.substr(1);
        if (laying.root_ != "/") SW_CHECK(refuse_links(laying.root_, step.target));
        look_at_target(step);
        laying.steps_.push_back(std::move(step));
    }
    return laying;
}

bool Laying::replaces_anything() const {
    return std::ranges::any_of(steps_, [](const Step& each) { return each.found == Found::Other; });
}

bool Laying::changes_anything() const {
    return std::ranges::any_of(steps_, [](const Step& each) { return each.found != Found::Same; });
}

std::string Laying::token() const {
    std::string all;
    for (const Step& each : steps_) {
        all += fmt::format("{}\n{}\n{}\n", each.target.string(), each.about.sha256, each.state);
    }
    constexpr std::size_t kTokenBytes = 4;
    const Sha256Sum sum = sha256(as_bytes(all));
    return encode_hex(std::span(sum).first(kTokenBytes));
}

Result<std::vector<Laying::Laid>> Laying::lay(const std::string& stamp) const {
    const mode_t folders = root_ == "/" ? 0755 : 0700;
    std::vector<Laid> all;
    for (const Step& each : steps_) {
        SW_TRY(Laid laid, lay_one(each, stamp, folders));
        all.push_back(std::move(laid));
    }
    return all;
}

Result<> Laying::compare() const {
    for (const Step& each : steps_) {
        if (digest_of(each.target) == each.about.sha256) continue;
        return fail(ErrorCode::Corrupt, each.target.string() + " is not what was put into it");
    }
    return {};
}

}  // namespace syncwatch::apps
