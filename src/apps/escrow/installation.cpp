#include "apps/escrow/installation.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/s3/credentials.h"
#include "apps/config/keys.h"
#include "apps/escrow/named_files.h"
#include "base/unique_fd.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// What an installation consists of is small: whatever is larger is something else.
constexpr std::size_t kMostBytesOfOne = std::size_t{4} << 20;
constexpr std::size_t kMostFiles = 512;

std::string owner_name(uid_t user) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    (void)::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
    return found == nullptr ? std::string() : found->pw_name;
}

std::string group_name(gid_t group) {
    std::array<char, 16384> buffer{};
    ::group entry{};
    ::group* found = nullptr;
    (void)::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found);
    return found == nullptr ? std::string() : found->gr_name;
}

tl::unexpected<Error> cannot_read(const NamedFile& file, int why) {
    Error error = fail_unavailable("backup",
                                   fmt::format("{}, which {} names, cannot be read: {}",
                                               file.path.string(), file.role, std::strerror(why)),
                                   60s)
                      .value();
    error.reason = "file_unreadable";
    return fail(std::move(error));
}

Result<std::string> contents(int fd, const NamedFile& file) {
    std::string bytes;
    std::array<char, 64 << 10> buffer;
    for (;;) {
        const auto got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(file, errno);
        if (got == 0) return bytes;
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
        if (bytes.size() <= kMostBytesOfOne) continue;
        return fail(ErrorCode::TooLarge,
                    fmt::format("{}, which {} names, is too large", file.path.string(), file.role));
    }
}

/// nullopt: it may be missing, and is. Links are followed: what is kept is what was read.
Result<std::optional<FoundFile>> read_named(const NamedFile& file) {
    // Whoever is no file must not be waited for.
    const UniqueFd fd(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd && errno == ENOENT && file.optional) return std::nullopt;
    struct ::stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0) return cannot_read(file, errno);
    if (!S_ISREG(facts.st_mode)) return cannot_read(file, EISDIR);
    FoundFile found;
    found.path = fs::absolute(file.path).lexically_normal();
    found.role = file.role;
    SW_TRY(found.bytes, contents(fd.get(), file));
    found.mode = facts.st_mode & 0777;
    found.owner = owner_name(facts.st_uid);
    found.group = group_name(facts.st_gid);
    found.secret = file.secret || holds_private_key(found.bytes);
    return found;
}

/// Gathers files, each once.
class Gatherer {
public:
    Result<> add(const std::vector<NamedFile>& named) {
        for (const NamedFile& each : named) SW_CHECK(add(each));
        return {};
    }
    void add(FoundFile file) {
        const auto there = std::ranges::find(files_, file.path, &FoundFile::path);
        if (there == files_.end()) {
            files_.push_back(std::move(file));
        } else if (file.secret) {
            // Who names a file as a secret knows better than who names it as anything else.
            there->secret = true;
        }
    }
    std::vector<FoundFile> take() {
        std::ranges::sort(files_, {}, &FoundFile::path);
        return std::move(files_);
    }

private:
    Result<> add(const NamedFile& named) {
        SW_TRY(auto found, read_named(named));
        if (!found) return {};
        if (files_.size() == kMostFiles)
            return fail(ErrorCode::TooLarge, "there are too many files");
        const bool is_unit = found->role == "systemd" && !found->secret;
        const std::string text = is_unit ? found->bytes : "";
        add(*std::move(found));
        return is_unit ? add(files_of_unit(text)) : Result<>();
    }

    std::vector<FoundFile> files_;
};

/// The variables that are settings; others are somebody else's.
std::map<std::string, std::string> settings_in(
    const std::map<std::string, std::string>& environment) {
    std::map<std::string, std::string> ours;
    const auto take = [&](const std::string& name) {
        const auto found = environment.find(name);
        if (found != environment.end()) ours.insert(*found);
    };
    take("SYNCWATCH_CONFIG");
    for (const config::Key& key : config::keys()) {
        take(key.environment());
        if (key.secret) take(key.environment() + "_FILE");
    }
    return ours;
}

/// As systemd reads an EnvironmentFile.
std::string variables_text(const std::map<std::string, std::string>& variables) {
    std::string text;
    for (const auto& [name, value] : variables) {
        text += name + "=\"";
        for (const char c : value) {
            if (c == '"' || c == '\\' || c == '$' || c == '`') text += '\\';
            text += c;
        }
        text += "\"\n";
    }
    return text;
}

std::optional<FoundFile> environment_file(const InstallationSources& sources,
                                          const fs::path& configuration) {
    const auto variables = settings_in(sources.environment);
    if (variables.empty()) return std::nullopt;
    FoundFile file;
    const fs::path folder =
        configuration.empty() ? fs::path("/etc/syncwatch") : configuration.parent_path();
    file.path = folder / "syncwatch.environment";
    file.role = "environment";
    file.bytes = variables_text(variables);
    return file;
}

void add_settings(const config::Settings& settings, const recovery::Plan& plan, SecretValues& to) {
    for (const std::string& each :
         {settings.postgres.password, settings.bus.password, settings.bus.sentinel_password,
          settings.metrics.token, settings.ice.turn_secret}) {
        to.add(each);
    }
    for (const std::string& each : {settings.postgres.url, settings.bus.url}) to.add_url(each);
    for (const auto& [name, repository] : plan.repositories) to.add_url(repository.url);
}

void add_variables(const std::map<std::string, std::string>& environment, SecretValues& to) {
    for (const config::Key& key : config::keys()) {
        const auto found = environment.find(key.environment());
        if (found == environment.end()) continue;
        if (key.secret) to.add(found->second);
        to.add_url(found->second);
    }
}

/// Files that hold one value, and those that hold keys of a store.
void add_file(const FoundFile& file, SecretValues& to) {
    if (!file.secret) return;
    if (const auto keys = s3::parse_credentials(file.bytes)) {
        to.add(keys->secret_key);
        to.add(keys->session_token);
    }
    const std::size_t end = file.bytes.find_first_of("\r\n");
    const bool one_line = end == std::string::npos || end + 2 >= file.bytes.size();
    if (one_line) to.add(std::string_view(file.bytes).substr(0, end));
}

}  // namespace

Result<Installation> look_at_installation(const InstallationSources& sources) {
    const config::Settings& settings = sources.settings;
    Installation installation;
    installation.node = settings.node.name;
    if (!settings.config_file.empty()) {
        installation.configuration = fs::absolute(settings.config_file).lexically_normal();
    }
    Gatherer gatherer;
    SW_CHECK(gatherer.add(named_files(settings, sources.plan)));
    SW_CHECK(gatherer.add(unit_files(sources.units)));
    if (auto variables = environment_file(sources, installation.configuration)) {
        gatherer.add(*std::move(variables));
    }
    installation.files = gatherer.take();
    add_settings(settings, sources.plan, installation.secrets);
    add_variables(sources.environment, installation.secrets);
    for (const FoundFile& each : installation.files) add_file(each, installation.secrets);
    return installation;
}

}  // namespace syncwatch::apps
