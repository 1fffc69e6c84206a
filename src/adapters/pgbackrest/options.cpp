#include "adapters/pgbackrest/options.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace syncwatch::pgbackrest {
namespace {

namespace fs = std::filesystem;

/// IniText "name=value" of an ini file, in which nothing can be quoted.
class IniText {
public:
    void add(std::string_view name, std::string_view value) {
        const bool is_odd = std::ranges::any_of(
            value, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
        if (is_odd || value.empty()) wrong_ = name;
        text_ += fmt::format("{}={}\n", name, value);
    }
    void heading(std::string_view name) {
        if (name.empty() || name.find_first_of("[]\n:") != std::string_view::npos) wrong_ = name;
        text_ += fmt::format("[{}]\n", name);
    }
    Result<std::string> finish() && {
        if (wrong_.empty()) return std::move(text_);
        return fail(ErrorCode::InvalidInput,
                    wrong_ + " is empty, or has characters that pgBackRest cannot be told");
    }

private:
    std::string text_;
    std::string wrong_;
};

void add_repository(std::size_t number, const RepositoryOptions& repository, IniText& lines) {
    const std::string repo = fmt::format("repo{}-", number);
    lines.add(repo + "path", repository.path);
    lines.add(repo + "bundle", "y");
    if (!repository.passphrase.empty()) {
        lines.add(repo + "cipher-type", "aes-256-cbc");
        lines.add(repo + "cipher-pass", repository.passphrase);
    }
    // The plan says what is kept, not the engine.
    lines.add(repo + "retention-full", "9999999");
    if (!repository.s3) {
        lines.add(repo + "type", "posix");
        return;
    }
    const RepositoryOptions::S3& s3 = *repository.s3;
    lines.add(repo + "type", "s3");
    lines.add(repo + "s3-endpoint", s3.host);
    lines.add(repo + "storage-port", std::to_string(s3.port));
    lines.add(repo + "s3-bucket", s3.bucket);
    lines.add(repo + "s3-region", s3.region);
    lines.add(repo + "s3-uri-style", s3.path_style ? "path" : "host");
    lines.add(repo + "s3-key", s3.key);
    lines.add(repo + "s3-key-secret", s3.secret);
    if (!s3.token.empty()) lines.add(repo + "s3-token", s3.token);
    if (!s3.ca_file.empty()) lines.add(repo + "storage-ca-file", s3.ca_file);
}

tl::unexpected<Error> cannot(std::string_view doing, const fs::path& path, int why) {
    return fail_unavailable("backup",
                            fmt::format("{} {}: {}", doing, path.string(), std::strerror(why)),
                            std::chrono::seconds(30));
}

Result<> make_folder(const fs::path& folder, const std::optional<program::Identity>& owner) {
    if (::mkdir(folder.c_str(), 0750) != 0) {
        if (errno == EEXIST) return {};
        return cannot("make", folder, errno);
    }
    if (owner && ::lchown(folder.c_str(), owner->user, owner->group) != 0) {
        return cannot("give away", folder, errno);
    }
    return {};
}

/// Whether it says `text`, to nobody but its owner.
bool is_as_it_must_be(const fs::path& file, const std::string& text) {
    struct ::stat facts {};
    if (::lstat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
    if ((facts.st_mode & 077) != 0) return false;
    std::ifstream in(file, std::ios::binary);
    return in && std::string(std::istreambuf_iterator<char>(in), {}) == text;
}

}  // namespace

Result<std::string> configuration_text(const Options& options) {
    IniText lines;
    lines.heading("global");
    for (std::size_t i = 0; i < options.repositories.size(); ++i) {
        add_repository(i + 1, options.repositories[i], lines);
    }
    lines.add("process-max", std::to_string(std::clamp(options.processes, 1u, 64u)));
    lines.add("compress-type", "zst");
    lines.add("start-fast", "y");
    lines.add("expire-auto", "n");
    // With archive-async nothing must ever be thrown away: there is no archive-push-queue-max.
    lines.add("archive-async", "y");
    lines.add("archive-timeout", "60");
    lines.add("spool-path", (options.work / "spool").string());
    lines.add("lock-path", (options.work / "lock").string());
    lines.add("log-path", (options.work / "log").string());
    lines.add("log-level-file", "off");
    lines.add("log-level-console", "off");
    lines.add("log-timestamp", "n");
    lines.heading(options.stanza);
    lines.add("pg1-path", options.data.string());
    lines.add("pg1-socket-path", options.socket.string());
    lines.add("pg1-port", std::to_string(options.port));
    lines.add("pg1-user", options.user);
    lines.add("pg1-database", options.database);
    return std::move(lines).finish();
}

Result<std::optional<program::Identity>> identity_of(const Options& options) {
    if (::geteuid() != 0) return std::optional<program::Identity>();
    for (const fs::path& each : {options.data, options.data.parent_path(), options.work}) {
        struct ::stat facts {};
        if (::stat(each.c_str(), &facts) != 0 || facts.st_uid == 0) continue;
        return std::optional(program::Identity{facts.st_uid, facts.st_gid});
    }
    return fail(ErrorCode::Forbidden,
                "neither " + options.data.string() + " nor " + options.work.string() +
                    " says which user PostgreSQL runs as",
                "runs_as_root");
}

Result<> write_configuration(const Options& options) {
    SW_TRY(const std::string text, configuration_text(options));
    const fs::path file = options.configuration();
    if (is_as_it_must_be(file, text)) return {};
    SW_TRY(const auto owner, identity_of(options));
    SW_CHECK(make_folder(options.work, owner));
    for (const char* each : {"spool", "lock", "log"}) {
        SW_CHECK(make_folder(options.work / each, owner));
    }
    const fs::path fresh = fmt::format("{}.{}", file.string(), ::getpid());
    (void)::unlink(fresh.c_str());
    const UniqueFd out(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!out) return cannot("make", fresh, errno);
    const bool written =
        ::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        (!owner || ::fchown(out.get(), owner->user, owner->group) == 0) &&
        ::fsync(out.get()) == 0 && ::rename(fresh.c_str(), file.c_str()) == 0;
    if (written) return {};
    const int why = errno;
    (void)::unlink(fresh.c_str());
    return cannot("write", file, why);
}

}  // namespace syncwatch::pgbackrest
