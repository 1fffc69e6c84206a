#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/encrypted_repository/repository_key.h"
#include "adapters/system/system_random.h"
#include "apps/command/backup_commands.h"
#include "apps/command/command.h"
#include "base/unique_fd.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Failure> key_not_made(const fs::path& file, int why) {
    return give_up(Exit::Refused, "not_written",
                   fmt::format("cannot make {}: {}", file.string(), std::strerror(why)),
                   why == EEXIST
                       ? "A key is never replaced: what it encrypted could not be read any "
                         "more. Choose another name for a new one."
                       : "Its folder has to be there, and to be ours.");
}

Outcome<> make_key(Invocation& invocation, const fs::path& wanted) {
    SystemRandom random;
    const auto key = encrypted::RepositoryKey::make(random);
    const std::string text = key.text();
    const fs::path file = fs::absolute(wanted);
    const UniqueFd fd(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) return key_not_made(file, errno);
    const bool is_whole =
        ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(fd.get()) == 0;
    if (!is_whole) {
        const int why = errno;
        (void)::unlink(file.c_str());
        return key_not_made(file, why);
    }
    invocation.out.line(fmt::format("made           {}, the key {}", file.string(), key.id()));
    invocation.out.line(fmt::format(
        "\nNow in the plan, of a repository in which nothing is yet:\n\n"
        "  [repository.near]\n  key_file = \"{}\"\n  [escrow]\n  recipients = [\"age1…\"]\n\n"
        "Who makes backups has to be able to read the file, on all machines the same. With the "
        "first\n"
        "backup it is kept in the repository, too, for the recovery keys under [escrow]. Beside "
        "those\n"
        "write down {}: a restore says which key it opened.",
        file.string(), key.id()));
    invocation.out.set("file", boost::json::string(file.string()));
    invocation.out.set("key", boost::json::string(key.id()));
    return {};
}

}  // namespace

void add_backup_new_key(CLI::App& backup, Command& chosen) {
    const auto file = std::make_shared<fs::path>();
    CLI::App* command = backup.add_subcommand(
        "new-key",
        "Make a key that a new repository is encrypted with, into a file that nobody else reads");
    command->add_option("file", *file, "The new file, as in /etc/syncwatch/repository-key")
        ->required()
        ->type_name("FILE");
    command->callback([&chosen, file] {
        chosen.run = [file](Invocation& invocation) { return make_key(invocation, *file); };
        chosen.despite_problems = true;
    });
}

}  // namespace syncwatch::apps
