#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "base/unique_fd.h"
#include "ports/chat_spool.h"

namespace syncwatch::filesystem {

/// A spool in files of a folder, which one process has for itself. Messages are appended to the
/// newest file; a file goes when all that is in it is done. What waits while another batch is
/// written is written together, with one sync. An unfinished write at a file's end is nobody's
/// message; what is damaged otherwise is passed by, and its file kept aside.
class FileChatSpool final : public ChatSpool {
public:
    struct Options {
        std::filesystem::path folder;
        std::uint64_t limit = 64 << 20;     ///< Of all files; over it messages are refused.
        std::uint64_t file_size = 4 << 20;  ///< Then another file is begun.
    };

    /// Makes the folder, and reads what is there. `pool` has one thread, and is joined before the
    /// spool goes. Errors: Unavailable.
    static Result<std::unique_ptr<FileChatSpool>> open(Options options, net::thread_pool& pool);

    Async<> append(RoomCode room, std::vector<ChatDraft> drafts) override;
    std::vector<ChatDraft> waiting(const RoomCode& room) const override;
    std::vector<RoomCode> rooms() const override;
    void done(const RoomCode& room, const std::vector<MessageId>& ids) override;
    Level level() const override;

private:
    struct File {
        std::uint64_t size = 0;
        std::size_t live = 0;  ///< Messages that are not done.
        bool keep = false;     ///< Somebody should look at it.
    };
    struct Entry {
        ChatDraft draft;
        std::uint64_t file = 0;
    };
    /// What appended calls gave and the writing thread has not taken yet.
    struct Batch {
        std::string bytes;
        std::vector<std::pair<RoomCode, ChatDraft>> drafts;
    };

    FileChatSpool(Options options, net::thread_pool& pool)
        : options_(std::move(options)), pool_(pool) {}

    Result<> read_folder();
    Result<> read_file(std::uint64_t number);
    std::filesystem::path path_of(std::uint64_t number) const;

    // On the pool's thread.
    Result<> write_until(std::uint64_t ticket);
    Result<> write(const std::string& bytes);
    Result<> open_next();
    void remove_done();

    const Options options_;
    net::thread_pool& pool_;

    // The pool's thread alone.
    UniqueFd file_;
    std::map<std::uint64_t, Error> failed_;  ///< Tickets whose batch could not be written.
    std::uint64_t written_ = 0;              ///< Tickets that were tried.

    mutable std::mutex mutex_;  // Guards what follows.
    Batch batch_;
    std::uint64_t tickets_ = 0;
    std::uint64_t number_ = 0;  ///< Of the newest file.
    std::uint64_t bytes_ = 0;   ///< Of all files.
    std::size_t messages_ = 0;
    std::map<std::uint64_t, File> files_;
    std::map<RoomCode, std::deque<Entry>> entries_;
};

}  // namespace syncwatch::filesystem
