#include "adapters/filesystem/file_chat_spool.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/filesystem/chat_record.h"
#include "adapters/filesystem/files.h"
#include "base/async/offload.h"
#include "base/log/log.h"

namespace syncwatch::filesystem {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kExtension = ".log";

/// The same failure, of the spool instead of the films.
Error as_spool_failure(Error error) {
    error.code = ErrorCode::Unavailable;
    error.component = "chat";
    error.retry_after = 5s;
    return error;
}

/// nullopt: another file.
std::optional<std::uint64_t> number_of(const fs::path& path) {
    const std::string name = path.stem().string();
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = failed == std::errc() && end == name.data() + name.size();
    if (!whole || path.extension() != kExtension) return std::nullopt;
    return number;
}

}  // namespace

Result<std::unique_ptr<FileChatSpool>> FileChatSpool::open(Options options,
                                                           net::thread_pool& pool) {
    std::unique_ptr<FileChatSpool> spool(new FileChatSpool(std::move(options), pool));
    if (const auto read = spool->read_folder(); !read) return fail(as_spool_failure(read.error()));
    return spool;
}

fs::path FileChatSpool::path_of(std::uint64_t number) const {
    return options_.folder / fmt::format("{:08}{}", number, kExtension);
}

Result<> FileChatSpool::read_folder() {
    SW_CHECK(ensure_folder(options_.folder));
    std::vector<std::uint64_t> numbers;
    std::error_code failed;
    for (const auto& each : fs::directory_iterator(options_.folder, failed)) {
        if (const auto number = number_of(each.path())) numbers.push_back(*number);
    }
    if (failed) {
        errno = failed.value();
        return system_failure("list", options_.folder);
    }
    std::ranges::sort(numbers);
    for (const std::uint64_t each : numbers) SW_CHECK(read_file(each));
    if (messages_ > 0) {
        log::info("chat.spool_found", {{"messages", messages_}, {"files", numbers.size()}});
    }
    return {};
}

Result<> FileChatSpool::read_file(std::uint64_t number) {
    const fs::path path = path_of(number);
    SW_TRY(const UniqueFd fd, open_file(path, O_RDONLY));
    SW_TRY(const std::uint64_t size, file_size(fd.get(), path));
    std::string bytes(static_cast<std::size_t>(size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto got =
            ::pread(fd.get(), bytes.data() + done, bytes.size() - done, static_cast<::off_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure("read", path);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    ReadRecords read = decode_records(bytes);
    number_ = number;
    if (read.damaged > 0) {
        log::error("chat.spool_damaged", {{"file", path.string()}, {"bytes", read.damaged}});
    }
    if (read.records.empty() && read.damaged == 0) {
        ::unlink(path.c_str());
        return {};
    }
    files_[number] = {size, read.records.size(), read.damaged > 0};
    bytes_ += size;
    messages_ += read.records.size();
    for (ChatRecord& each : read.records) {
        entries_[each.room].push_back({std::move(each.draft), number});
    }
    return {};
}

Async<> FileChatSpool::append(RoomCode room, std::vector<ChatDraft> drafts) {
    std::string bytes;
    for (const ChatDraft& each : drafts) bytes += encode({room, each});
    std::uint64_t ticket = 0;
    {
        const std::lock_guard lock(mutex_);
        if (bytes_ + batch_.bytes.size() + bytes.size() > options_.limit) {
            co_return fail_unavailable("chat", "the chat spool is full", 5s);
        }
        ticket = ++tickets_;
        batch_.bytes += bytes;
        for (ChatDraft& each : drafts) batch_.drafts.emplace_back(room, std::move(each));
    }
    auto work = [this, ticket] { return write_until(ticket); };
    co_return co_await offload(pool_, std::move(work));
}

/// Writes whatever was given until now: also for those whose turn comes later.
Result<> FileChatSpool::write_until(std::uint64_t ticket) {
    if (ticket <= written_) {
        const auto failed = failed_.find(ticket);
        if (failed == failed_.end()) return {};
        return fail(std::move(failed_.extract(failed).mapped()));
    }
    Batch batch;
    std::uint64_t last = 0;
    {
        const std::lock_guard lock(mutex_);
        batch = std::exchange(batch_, {});
        last = tickets_;
    }
    const Result<> wrote = write(batch.bytes);
    const std::uint64_t first = std::exchange(written_, last) + 1;
    if (!wrote) {
        const Error why = as_spool_failure(wrote.error());
        for (std::uint64_t each = first; each <= last; ++each) {
            if (each != ticket) failed_.emplace(each, why);
        }
        return fail(why);
    }
    const std::lock_guard lock(mutex_);
    files_[number_].live += batch.drafts.size();
    messages_ += batch.drafts.size();
    for (auto& [room, draft] : batch.drafts) entries_[room].push_back({std::move(draft), number_});
    return {};
}

Result<> FileChatSpool::write(const std::string& bytes) {
    std::uint64_t size = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto newest = files_.find(number_);
        if (newest != files_.end()) size = newest->second.size;
    }
    if (!file_ || size >= options_.file_size) {
        SW_CHECK(open_next());
        size = 0;
    }
    const fs::path path = path_of(number_);
    Result<> wrote = write_all(file_.get(), bytes, size, path);
    if (wrote) wrote = sync_file(file_.get(), path);
    if (!wrote) {
        // What the kernel did with this file is not known any more: another one is begun. As much
        // of it as counts is there, and synced.
        [[maybe_unused]] const int cut = ::ftruncate(file_.get(), static_cast<::off_t>(size));
        file_ = {};
        return wrote;
    }
    const std::lock_guard lock(mutex_);
    files_[number_].size += bytes.size();
    bytes_ += bytes.size();
    return {};
}

Result<> FileChatSpool::open_next() {
    const std::uint64_t next = number_ + 1;
    SW_TRY(UniqueFd fresh, open_file(path_of(next), O_WRONLY | O_CREAT | O_TRUNC));
    SW_CHECK(sync_folder(options_.folder));
    file_ = std::move(fresh);
    const std::lock_guard lock(mutex_);
    number_ = next;
    files_[next] = {};
    return {};
}

std::vector<ChatDraft> FileChatSpool::waiting(const RoomCode& room) const {
    const std::lock_guard lock(mutex_);
    std::vector<ChatDraft> drafts;
    const auto found = entries_.find(room);
    if (found == entries_.end()) return drafts;
    for (const Entry& each : found->second) drafts.push_back(each.draft);
    return drafts;
}

std::vector<RoomCode> FileChatSpool::rooms() const {
    const std::lock_guard lock(mutex_);
    std::vector<RoomCode> codes;
    for (const auto& [room, entries] : entries_) codes.push_back(room);
    return codes;
}

void FileChatSpool::done(const RoomCode& room, const std::vector<MessageId>& ids) {
    bool any_file = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(room);
        if (found == entries_.end()) return;
        std::deque<Entry>& entries = found->second;
        for (const MessageId id : ids) {
            // The oldest are done first: it is one of the first.
            const auto entry = std::ranges::find_if(
                entries, [id](const Entry& each) { return each.draft.message.id == id; });
            if (entry == entries.end()) continue;
            --messages_;
            any_file = --files_[entry->file].live == 0 || any_file;
            entries.erase(entry);
        }
        if (found->second.empty()) entries_.erase(found);
    }
    if (any_file) net::post(pool_, [this] { remove_done(); });
}

/// On the thread that writes, so that nothing is being written into a file that goes.
void FileChatSpool::remove_done() {
    std::map<std::uint64_t, File> gone;
    {
        const std::lock_guard lock(mutex_);
        for (auto each = files_.begin(); each != files_.end();) {
            const auto file = each++;
            if (file->second.live > 0) continue;
            bytes_ -= file->second.size;
            gone.insert(files_.extract(file));
        }
    }
    for (const auto& [number, file] : gone) {
        if (number == number_) file_ = {};
        const fs::path path = path_of(number);
        if (!file.keep) {
            // A file that stays is replayed once more, which the store takes.
            ::unlink(path.c_str());
            continue;
        }
        fs::path aside = path;
        aside += ".damaged";
        std::error_code ignored;
        fs::rename(path, aside, ignored);
    }
    (void)sync_folder(options_.folder);
}

ChatSpool::Level FileChatSpool::level() const {
    const std::lock_guard lock(mutex_);
    Level level;
    level.messages = messages_;
    level.bytes = bytes_;
    for (const auto& [room, entries] : entries_) {
        const WallTime said = entries.front().draft.message.sent_at;
        level.oldest = std::min(level.oldest.value_or(said), said);
    }
    return level;
}

}  // namespace syncwatch::filesystem
