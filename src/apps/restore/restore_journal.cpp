#include "apps/restore/restore_journal.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "adapters/filesystem/files.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kSchema = "syncwatch.restore/1";
/// How the name of one that is over begins.
constexpr std::string_view kEnded = "restored-";

fs::path file_in(const fs::path& folder) {
    return folder / "journal.ndjson";
}

}  // namespace

Result<> RestoreJournal::take(std::string_view line) {
    boost::system::error_code wrong;
    json::value value = json::parse(line, wrong);
    const bool is_object = !wrong && value.is_object();
    json::object* const entry = is_object ? &value.get_object() : nullptr;
    const json::value* const kind = entry != nullptr ? entry->if_contains("step") : nullptr;
    if (kind == nullptr || !kind->is_string()) {
        return fail(ErrorCode::Corrupt, file_.string() + " has a line that is none of its own");
    }
    const std::string step(kind->get_string());
    end_ += line.size() + 1;
    if (step == "begin") head_ = std::move(*entry);
    if (entry->contains("facts")) done_[step] = (*entry)["facts"].as_object();
    return {};
}

Result<> RestoreJournal::read() {
    std::ifstream in(file_, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    std::string_view rest = all;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        // It was being written when the process was killed: what it says was not done.
        if (end == std::string_view::npos) return {};
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        SW_CHECK(take(line));
    }
    return {};
}

Result<std::optional<json::object>> RestoreJournal::unfinished(const fs::path& folder) {
    RestoreJournal journal(file_in(folder));
    SW_CHECK(journal.read());
    return std::move(journal.head_);
}

std::optional<fs::path> RestoreJournal::ended(const fs::path& folder, std::string_view token) {
    std::error_code failed;
    for (fs::directory_iterator each(folder, failed), end; !failed && each != end;
         each.increment(failed)) {
        const fs::path& file = each->path();
        if (token.empty() || !file.filename().string().starts_with(kEnded)) continue;
        RestoreJournal journal(file);
        if (!journal.read() || journal.head() == nullptr) continue;
        const json::value* const word = journal.head()->if_contains("token");
        if (word != nullptr && word->is_string() && word->get_string() == token) return file;
    }
    return std::nullopt;
}

Result<RestoreJournal> RestoreJournal::open(const fs::path& folder) {
    std::error_code failed;
    const bool is_there = fs::is_directory(folder, failed);
    SW_CHECK(filesystem::ensure_folder(folder));
    if (!is_there) fs::permissions(folder, fs::perms::owner_all, failed);
    RestoreJournal journal(file_in(folder));
    journal.fd_ = UniqueFd(::open(journal.file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!journal.fd_) return filesystem::system_failure("open", journal.file_);
    if (::flock(journal.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorCode::Conflict, "another restore is at it in " + folder.string(),
                    "restore_locked");
    }
    SW_CHECK(filesystem::sync_folder(folder));
    SW_CHECK(journal.read());
    // What was cut off is written over.
    if (::ftruncate(journal.fd_.get(), static_cast<off_t>(journal.end_)) != 0) {
        return filesystem::system_failure("shorten", journal.file_);
    }
    return journal;
}

Result<> RestoreJournal::append(json::object line, WallTime now) {
    line["at"] = format_rfc3339(now);
    const std::string text = json::serialize(line) + "\n";
    SW_CHECK(filesystem::write_all(fd_.get(), text, end_, file_));
    SW_CHECK(filesystem::sync_file(fd_.get(), file_));
    end_ += text.size();
    return {};
}

Result<> RestoreJournal::begin(json::object head, WallTime now) {
    head["step"] = "begin";
    head["schema"] = kSchema;
    SW_CHECK(append(head, now));
    head_ = std::move(head);
    return {};
}

const json::object* RestoreJournal::done(std::string_view step) const {
    const auto found = done_.find(step);
    return found == done_.end() ? nullptr : &found->second;
}

Result<> RestoreJournal::note_begun(std::string_view step, WallTime now) {
    return append({{"step", step}}, now);
}

Result<> RestoreJournal::note_done(std::string_view step, json::object facts, WallTime now) {
    SW_CHECK(append({{"step", step}, {"facts", facts}}, now));
    done_[std::string(step)] = std::move(facts);
    return {};
}

Result<fs::path> RestoreJournal::finish(WallTime now) {
    SW_CHECK(append({{"step", "end"}}, now));
    std::string stamp = format_rfc3339(now);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
    const fs::path kept = file_.parent_path() / (std::string(kEnded) + stamp + ".ndjson");
    SW_CHECK(filesystem::move_durably(file_, kept));
    head_.reset();
    done_.clear();
    return kept;
}

}  // namespace syncwatch::apps
