#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>

#include <boost/asio/thread_pool.hpp>

#include "ports/sign_out_spool.h"

namespace syncwatch::filesystem {

/// Sign-outs as the names of empty files in a folder, "ID.ended"; other files in it are left alone.
class FileSignOutSpool final : public SignOutSpool {
public:
    struct Options {
        std::filesystem::path folder;
        std::size_t most = 10'000;
    };

    /// Makes the folder, and reads what is there. `pool` is joined before the spool goes. Errors:
    /// Unavailable.
    static Result<std::unique_ptr<FileSignOutSpool>> open(Options options, net::thread_pool& pool);

    Async<> keep(SessionId session) override;
    std::vector<SessionId> waiting() const override;
    Async<> done(SessionId session) override;

private:
    FileSignOutSpool(Options options, net::thread_pool& pool)
        : options_(std::move(options)), pool_(pool) {}
    std::filesystem::path path_of(SessionId session) const;
    Result<> read_folder();
    Result<> make_file(SessionId session) const;

    const Options options_;
    net::thread_pool& pool_;
    mutable std::mutex mutex_;  // Guards waiting_.
    std::set<SessionId> waiting_;
};

}  // namespace syncwatch::filesystem
