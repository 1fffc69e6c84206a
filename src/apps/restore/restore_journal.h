#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "base/time.h"
#include "base/unique_fd.h"

namespace syncwatch::apps {

/// What a restore of everything was begun with and how far it came, so that it goes on after it was
/// interrupted: a file with a line of JSON for each, synced before the next thing is done.
/// Blocking.
class RestoreJournal {
public:
    /// Of the restore in `folder`, which is made where it is not there. Only one process at a time
    /// has it. Errors: Conflict (reason "restore_locked"), Unavailable, Corrupt (a line that is
    /// none of its own; the last one may have been cut off).
    static Result<RestoreJournal> open(const std::filesystem::path& folder);
    /// What is there was begun with, without touching anything. nullopt: nothing that has not
    /// ended. Errors: Corrupt.
    static Result<std::optional<boost::json::object>> unfinished(
        const std::filesystem::path& folder);

    /// The journal of one that was confirmed by this word and came to its end; nullopt: none.
    /// Those that cannot be read count for nothing.
    static std::optional<std::filesystem::path> ended(const std::filesystem::path& folder,
                                                      std::string_view token);

    /// nullptr: none was begun that has not ended.
    const boost::json::object* head() const { return head_ ? &*head_ : nullptr; }
    Result<> begin(boost::json::object head, WallTime now);
    /// What a step that is done left to be known; nullptr: it is not.
    const boost::json::object* done(std::string_view step) const;
    Result<> note_begun(std::string_view step, WallTime now);
    Result<> note_done(std::string_view step, boost::json::object facts, WallTime now);
    /// It is over: the file stays, under a name with the time, and another one may be begun. Gives
    /// that name.
    Result<std::filesystem::path> finish(WallTime now);

private:
    explicit RestoreJournal(std::filesystem::path file) : file_(std::move(file)) {}
    Result<> read();
    Result<> take(std::string_view line);
    Result<> append(boost::json::object line, WallTime now);

    std::filesystem::path file_;
    UniqueFd fd_;
    std::uint64_t end_ = 0;  ///< Of the last line that is whole.
    std::optional<boost::json::object> head_;
    std::map<std::string, boost::json::object, std::less<>> done_;
};

}  // namespace syncwatch::apps
