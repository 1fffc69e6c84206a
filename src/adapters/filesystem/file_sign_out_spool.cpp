#include "adapters/filesystem/file_sign_out_spool.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "adapters/filesystem/files.h"
#include "base/async/offload.h"

namespace syncwatch::filesystem {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kEnded = ".ended";

/// The same failure, of the spool instead of the films.
Error as_sign_out_failure(Error error) {
    error.code = ErrorCode::Unavailable;
    error.component = "sign_outs";
    error.retry_after = 5s;
    return error;
}

}  // namespace

Result<std::unique_ptr<FileSignOutSpool>> FileSignOutSpool::open(Options options,
                                                                 net::thread_pool& pool) {
    std::unique_ptr<FileSignOutSpool> spool(new FileSignOutSpool(std::move(options), pool));
    if (const auto read = spool->read_folder(); !read) {
        return fail(as_sign_out_failure(read.error()));
    }
    return spool;
}

fs::path FileSignOutSpool::path_of(SessionId session) const {
    return options_.folder / (session.text() + std::string(kEnded));
}

Result<> FileSignOutSpool::read_folder() {
    SW_CHECK(ensure_folder(options_.folder));
    std::error_code failed;
    for (const auto& each : fs::directory_iterator(options_.folder, failed)) {
        const auto session = SessionId::parse(each.path().stem().string());
        if (session && each.path().extension() == kEnded) waiting_.insert(*session);
    }
    if (!failed) return {};
    errno = failed.value();
    return system_failure("list", options_.folder);
}

Async<> FileSignOutSpool::keep(SessionId session) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.contains(session)) co_return Result<>();
        if (waiting_.size() >= options_.most) {
            co_return fail_unavailable("sign_outs", "too many sign-outs wait", 5s);
        }
    }
    auto work = [this, session] { return make_file(session); };
    const Result<> made = co_await offload(pool_, std::move(work));
    if (!made) co_return fail(as_sign_out_failure(made.error()));
    const std::lock_guard lock(mutex_);
    waiting_.insert(session);
    co_return Result<>();
}

Result<> FileSignOutSpool::make_file(SessionId session) const {
    const fs::path path = path_of(session);
    SW_TRY(const UniqueFd fd, open_file(path, O_WRONLY | O_CREAT));
    SW_CHECK(sync_file(fd.get(), path));
    return sync_folder(options_.folder);
}

std::vector<SessionId> FileSignOutSpool::waiting() const {
    const std::lock_guard lock(mutex_);
    return {waiting_.begin(), waiting_.end()};
}

Async<> FileSignOutSpool::done(SessionId session) {
    auto work = [this, session]() -> Result<> {
        const fs::path path = path_of(session);
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_failure("remove", path);
        return {};
    };
    const Result<> removed = co_await offload(pool_, std::move(work));
    if (!removed) co_return fail(as_sign_out_failure(removed.error()));
    const std::lock_guard lock(mutex_);
    waiting_.erase(session);
    co_return Result<>();
}

}  // namespace syncwatch::filesystem
