#include "adapters/pgbackrest/failure.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace syncwatch::pgbackrest {
namespace {

struct Meaning {
    int code;
    ErrorCode means;
    std::string_view reason;
    std::string_view words;
};

constexpr std::array kMeanings{
    Meaning{28, ErrorCode::Conflict, "not_this_database", "the repository is another database's"},
    Meaning{37, ErrorCode::InvalidInput, "", "it was told too little"},
    Meaning{38, ErrorCode::Conflict, "server_runs", "a server runs on that folder"},
    Meaning{40, ErrorCode::Conflict, "not_empty_folder", "the folder is not empty"},
    Meaning{44, ErrorCode::Conflict, "not_this_database",
            "the log in the repository is another database's"},
    Meaning{45, ErrorCode::Conflict, "log_differs",
            "a piece of the log of this name is in the repository, and says something else: two "
            "servers archive there, perhaps a copy that was promoted"},
    Meaning{50, ErrorCode::Conflict, "backup_locked", "another run holds its lock"},
    Meaning{51, ErrorCode::Conflict, "not_this_database", "the repository is another database's"},
    Meaning{55, ErrorCode::NotFound, "not_prepared", "something is missing in the repository"},
    Meaning{56, ErrorCode::Unavailable, "no_server", "PostgreSQL does not take the connection"},
    Meaning{58, ErrorCode::Conflict, "not_this_database", "it is not the database it was told of"},
    Meaning{62, ErrorCode::Conflict, "stopped", "it was told to stop: pgbackrest start undoes it"},
    Meaning{68, ErrorCode::Conflict, "no_archiving",
            "archive_command does not say pgbackrest: it would not trust it"},
    Meaning{75, ErrorCode::Conflict, "last_full", "there is no such set, or it has to stay"},
    Meaning{82, ErrorCode::Timeout, "log_not_archived",
            "the log did not come into the repository in time"},
    Meaning{87, ErrorCode::Conflict, "no_archiving", "archive_mode is off"},
    Meaning{95, ErrorCode::Forbidden, "", "what is there cannot be decrypted"},
    Meaning{103, ErrorCode::Unavailable, "repository_away", "no repository can be used"},
};

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    return line;
}

/// S3's own words for keys that are not taken; pgBackRest has them in its error, and a code that
/// says no more than that something went wrong.
constexpr std::array<std::string_view, 6> kKeysRefused{
    "ExpiredToken", "InvalidAccessKeyId",    "InvalidToken",
    "AccessDenied", "SignatureDoesNotMatch", "failed with 403"};

/// Of a connection that ended while it was in use: libpq's words, and what pgBackRest makes of a
/// last answer that it did not expect.
constexpr std::array<std::string_view, 4> kServerLeft{
    "server closed the connection", "terminating connection", "no connection to the server",
    "NULL result required to complete request"};

/// What lies at its pg1-path is not what the repository is of; its code says that there is none.
constexpr std::array<std::string_view, 1> kOtherDatabase{"[ArchiveMismatchError]"};

template <std::size_t kCount>
bool tells_of(std::string_view errors, const std::array<std::string_view, kCount>& words) {
    return std::ranges::any_of(
        words, [errors](std::string_view each) { return errors.find(each) != errors.npos; });
}

}  // namespace

std::string own_words(std::string_view errors) {
    std::string words;
    bool takes = false;
    while (!errors.empty()) {
        const std::size_t end = std::min(errors.find('\n'), errors.size());
        const std::string_view line = trimmed(errors.substr(0, end));
        errors.remove_prefix(std::min(end + 1, errors.size()));
        const bool begins_other = line.starts_with("INFO:") || line.starts_with("DETAIL:");
        const bool begins =
            line.starts_with("ERROR:") || line.starts_with("ASSERT:") || line.starts_with("WARN:");
        const bool is_hint = line.starts_with("HINT:") || line.starts_with("---");
        if (begins || begins_other || is_hint) takes = begins;
        if (!takes || line.empty()) continue;
        words += (words.empty() ? "" : "; ") + std::string(line);
    }
    constexpr std::size_t kMost = 900;
    if (words.size() > kMost) words.resize(kMost);
    return words;
}

Error failure_of(std::string_view doing, const program::Ran& ran) {
    Error error;
    error.code = ErrorCode::Unavailable;
    error.component = "backup";
    error.retry_after = std::chrono::seconds(30);
    const std::string said = own_words(ran.errors);
    std::string_view words = "pgBackRest failed";
    const auto* const found = std::ranges::find(kMeanings, ran.end.code, &Meaning::code);
    if (found != kMeanings.end()) {
        error.code = found->means;
        error.reason = found->reason;
        words = found->words;
    }
    if (tells_of(ran.errors, kOtherDatabase)) {
        error.code = ErrorCode::Conflict;
        error.reason = "not_this_database";
        words = "the repository is another database's";
    }
    if (tells_of(ran.errors, kServerLeft)) {
        error.code = ErrorCode::Unavailable;
        error.reason = "server_left";
        words = "the server went away, or over to another, meanwhile";
    }
    if (tells_of(ran.errors, kKeysRefused)) {
        error.code = ErrorCode::Unavailable;
        error.reason = "keys_refused";
        words = "the S3 store refuses the keys";
    }
    if (error.code != ErrorCode::Unavailable) error.component = {};
    error.message = fmt::format("{}: {} (pgBackRest's {}{}{})", doing, words, ran.end.code,
                                said.empty() ? "" : ": ", said);
    return error;
}

}  // namespace syncwatch::pgbackrest
