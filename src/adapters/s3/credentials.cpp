#include "adapters/s3/credentials.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <sys/stat.h>

#include "base/log/log.h"

namespace syncwatch::s3 {
namespace {

std::string_view without_spaces(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r";
    const std::size_t first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// What goes into a header must not end it.
bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; });
}

}  // namespace

Result<Credentials> parse_credentials(std::string_view text) {
    Credentials found;
    bool ours = true;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = without_spaces(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.starts_with('[')) ours = line == "[default]";
        if (line.empty() || line.starts_with('#') || line.starts_with('[') || !ours) continue;
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) {
            return fail(ErrorCode::InvalidInput, "a line of the credentials has no equals sign");
        }
        const std::string_view name = without_spaces(line.substr(0, equals));
        const std::string_view value = without_spaces(line.substr(equals + 1));
        if (name == "aws_access_key_id") found.access_key = value;
        if (name == "aws_secret_access_key") found.secret_key = value;
        if (name == "aws_session_token") found.session_token = value;
    }
    const bool whole = !found.access_key.empty() && !found.secret_key.empty();
    if (!whole || !is_printable(found.access_key) || !is_printable(found.session_token)) {
        return fail(ErrorCode::InvalidInput,
                    "the credentials want aws_access_key_id and aws_secret_access_key");
    }
    return found;
}

Result<CredentialsFile::Version> CredentialsFile::version() const {
    struct ::stat facts {};
    if (::stat(file_.c_str(), &facts) != 0) {
        return fail(ErrorCode::InvalidInput, file_.string() + ": " + std::strerror(errno));
    }
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    return Version{facts.st_ino, static_cast<std::uint64_t>(facts.st_size),
                   facts.st_mtim.tv_sec * kNanoseconds + facts.st_mtim.tv_nsec};
}

Result<Credentials> CredentialsFile::read() const {
    std::ifstream in(file_);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return fail(ErrorCode::InvalidInput, file_.string() + " cannot be read");
    return parse_credentials(text.str()).map_error([&](Error error) {
        return std::move(error).within(file_.string());
    });
}

Result<Credentials> CredentialsFile::current() {
    const std::lock_guard lock(mutex_);
    const auto now = version();
    if (now && *now == seen_) return last_;
    if (!now && seen_ == Version{} && last_) return last_;
    seen_ = now.value_or(Version{});
    Result<Credentials> fresh = now ? read() : fail(now.error());
    if (fresh) {
        if (last_ && *fresh != *last_) log::info("objects.credentials_changed");
        last_ = std::move(fresh);
    } else if (last_) {
        log::warning("objects.credentials_unreadable", {{"error", fresh.error().message}});
    } else {
        last_ = std::move(fresh);
    }
    return last_;
}

}  // namespace syncwatch::s3
