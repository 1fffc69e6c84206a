#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/command/everything_run.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Failure> not_written(const fs::path& file) {
    return give_up(Exit::Refused, "not_written", "cannot write " + file.string(),
                   "Look at recovery.pg_work: the user that PostgreSQL runs as works there.");
}

/// For whoever the folder belongs to, and nobody else.
Outcome<> write_for_owner(const fs::path& file, const std::string& text) {
    struct ::stat facts {};
    if (::stat(file.parent_path().c_str(), &facts) != 0) return not_written(file);
    std::error_code ignored;
    fs::remove(file, ignored);
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) return not_written(file);
    const auto written = ::write(fd.get(), text.data(), text.size());
    const bool is_whole = written == static_cast<ssize_t>(text.size());
    if (::geteuid() == 0 && ::fchown(fd.get(), facts.st_uid, facts.st_gid) != 0) {
        return not_written(file);
    }
    if (!is_whole || ::fsync(fd.get()) != 0) return not_written(file);
    return {};
}

}  // namespace

Outcome<fs::path> write_restore_plan(const recovery::Plan& plan, const fs::path& folder) {
    std::string text = "# The places that a restore was made from: restore_command reads it.\n";
    text += "plan_version = 1\n";
    for (const auto& [name, place] : plan.repositories) {
        text += fmt::format("[repository.{}]\nurl = \"{}\"\n", name, place.url);
        const std::pair<const char*, const std::string&> secrets[] = {
            {"credentials_file", place.credentials_file}, {"key_file", place.key_file}};
        for (const auto& [entry, file] : secrets) {
            if (file.empty()) continue;
            std::ifstream in(file, std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            const fs::path copy = folder / fmt::format("restore-{}-{}", name, entry);
            if (auto written = write_for_owner(copy, bytes); !written) {
                return tl::unexpected<Failure>(written.error());
            }
            text += fmt::format("{} = \"{}\"\n", entry, copy.string());
        }
    }
    const fs::path file = folder / "restore-plan.toml";
    if (auto written = write_for_owner(file, text); !written) {
        return tl::unexpected<Failure>(written.error());
    }
    return file;
}

}  // namespace syncwatch::apps
