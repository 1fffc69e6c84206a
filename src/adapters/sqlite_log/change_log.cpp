#include "adapters/sqlite_log/change_log.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "adapters/sqlite_log/checkpoint.h"
#include "base/async/offload.h"

namespace syncwatch::sqlite {

namespace {

using namespace std::chrono_literals;

/// What may be left to take when the writer is made to wait for it.
constexpr std::size_t kShortWait = std::size_t{512} << 10;
/// Times checkpoint_bytes: from there on the writer waits for as much as a piece holds.
constexpr std::uint64_t kPressing = 8;
/// Of an epoch that ended unseen, taken into memory at once: bounds that.
constexpr std::size_t kMostRecovered = std::size_t{64} << 20;
constexpr std::size_t kRecoveredPiece = std::size_t{8} << 20;
/// SQLite's own habit, for when no log is kept.
constexpr int kUsualCheckpointPages = 1000;

tl::unexpected<Error> gap(std::string message) {
    return fail(ErrorCode::Conflict, std::move(message), "gap");
}

/// A commit that changes nothing: it writes the first page as it is.
Result<> touch(Connection& writer) {
    SW_TRY(const auto version, writer.query_one("PRAGMA user_version", [](const sql::Row& row) {
        return row.integer(0);
    }));
    return writer.script(fmt::format("PRAGMA user_version = {}", version.value_or(0)));
}

void keep_log_when_closed(Connection& connection, bool keep) {
    sqlite3_db_config(connection.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

}  // namespace

ChangeLog::ChangeLog(Database& database, std::string path, const Clock& clock, Options options)
    : database_(database), path_(std::move(path)), clock_(clock), options_(options) {}

ChangeLog::~ChangeLog() {
    pool_.join();
    if (!kept_) return;
    auto unhook = [](Connection& writer) -> Result<> {
        sqlite3_wal_hook(writer.native(), nullptr, nullptr);
        return {};
    };
    (void)on_writer<void>(std::move(unhook));
}

// ---- What the writer says

int ChangeLog::on_commit(void* self, sqlite3*, const char*, int frames) {
    static_cast<ChangeLog*>(self)->committed(static_cast<std::uint32_t>(frames));
    return SQLITE_OK;
}

void ChangeLog::committed(std::uint32_t frames) {
    const std::lock_guard lock(mutex_);
    const auto header = wal_->header();
    if (!header || header->page_bytes != header_.page_bytes) {
        gap_ = true;
        return;
    }
    if (header->epoch != header_.epoch) {
        if (taken_.frames != committed_) gap_ = true;
        header_ = *header;
        taken_ = {header->epoch, 0, header->checksum};
        committed_ = 0;
        stamps_.clear();
    }
    committed_ = std::max(committed_, frames);
    stamps_.push_back({frames, next_time()});
}

/// With the lock: what is noted before is earlier for everybody.
WallTime ChangeLog::next_time() {
    last_time_ = std::max(last_time_ + 1us, clock_.wall());
    return last_time_;
}

std::uint64_t ChangeLog::waiting_bytes() const {
    const std::lock_guard lock(mutex_);
    return std::uint64_t{committed_ - std::min(committed_, taken_.frames)} * header_.frame_bytes();
}

// ---- Keeping it

Result<> ChangeLog::open() {
    if (guard_) return {};
    SW_TRY(Connection checkpointer, Connection::open(path_, Connection::Mode::ReadWrite));
    keep_log_when_closed(checkpointer, true);
    sqlite3_wal_autocheckpoint(checkpointer.native(), 0);
    SW_TRY(guard_, Guard::open(path_));
    checkpointer_.emplace(std::move(checkpointer));
    return {};
}

/// From here on nothing is lost: the guard holds the log as it is, and its end is known.
Result<> ChangeLog::keep(Connection& writer) {
    SW_CHECK(guard_->advance());
    keep_log_when_closed(writer, true);
    sqlite3_wal_hook(writer.native(), nullptr, nullptr);
    SW_TRY(WalFile wal, WalFile::open(path_ + "-wal"));
    // A log that was never written to has no header.
    if (!wal.header()) SW_CHECK(touch(writer));
    SW_TRY(const WalHeader header, wal.header());
    {
        const std::lock_guard lock(mutex_);
        wal_.emplace(std::move(wal));
        header_ = header;
        committed_ = 0;
        taken_ = {header.epoch, 0, header.checksum};
        stamps_.clear();
        gap_ = false;
        kept_ = true;
    }
    recovered_.clear();
    almost_checkpointed_ = false;
    catching_up_ = false;
    seen_ = 0;
    sqlite3_wal_hook(writer.native(), &ChangeLog::on_commit, this);
    return touch(writer);
}

void ChangeLog::release(Connection& writer) {
    sqlite3_wal_autocheckpoint(writer.native(), kUsualCheckpointPages);
    keep_log_when_closed(writer, false);
    if (guard_) guard_->let_go();
    recovered_.clear();
    const std::lock_guard lock(mutex_);
    kept_ = false;
    committed_ = 0;
    taken_ = {};
    stamps_.clear();
}

Async<> ChangeLog::hold() {
    auto work = [this]() -> Result<> {
        SW_CHECK(open());
        return on_writer<void>([this](Connection& writer) -> Result<> {
            // What was seen since the first time counts.
            if (kept_) return {};
            auto kept = keep(writer);
            if (!kept) release(writer);
            return kept;
        });
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<LogPlace> ChangeLog::begin(WallTime after) {
    auto work = [this, after]() -> Result<LogPlace> {
        // A log that is short is shipped soon; how far it gets does not matter.
        SW_CHECK(catch_up());
        return on_writer<LogPlace>(
            [this, after](Connection& writer) { return begin_now(writer, after); });
    };
    co_return co_await offload(pool_, std::move(work));
}

Result<LogPlace> ChangeLog::begin_now(Connection& writer, WallTime after) {
    {
        const std::lock_guard lock(mutex_);
        last_time_ = std::max(last_time_, after + 1us);
    }
    auto kept = keep(writer);
    if (!kept) {
        release(writer);
        return fail(std::move(kept).error());
    }
    const std::lock_guard lock(mutex_);
    return taken_;
}

/// Brings the file near to the log, here and not on the writer's thread. Nothing holds it after.
Result<> ChangeLog::catch_up() {
    SW_CHECK(open());
    guard_->let_go();
    SW_CHECK(checkpoint(*checkpointer_));
    return {};
}

Async<> ChangeLog::resume(LogPlace after, WallTime whole_until) {
    auto work = [this, after, whole_until]() -> Result<> {
        SW_CHECK(open());
        return on_writer<void>([this, after, whole_until](Connection& writer) {
            auto resumed = resume_now(writer, after, whole_until);
            if (!resumed) release(writer);
            return resumed;
        });
    };
    co_return co_await offload(pool_, std::move(work));
}

Result<> ChangeLog::resume_now(Connection& writer, LogPlace after, WallTime whole_until) {
    if (!kept_) SW_CHECK(keep(writer));
    recovered_.clear();
    almost_checkpointed_ = false;
    catching_up_ = true;
    whole_until_ = std::max(whole_until_, whole_until);
    const std::lock_guard lock(mutex_);
    // The clock may have been set back since.
    last_time_ = std::max(last_time_, whole_until + 1us);
    for (Stamp& stamp : stamps_) stamp.at = std::max(stamp.at, whole_until + 1us);
    taken_ = {header_.epoch, 0, header_.checksum};
    gap_ = false;
    if (header_.epoch != after.epoch) return recover(header_, after);
    SW_TRY(const auto checksum, wal_->checksum_at(header_, after.frames));
    if (committed_ < after.frames || checksum != after.checksum) {
        return gap("the log is not the one that was taken from");
    }
    taken_ = after;
    SW_TRY(catching_up_, has_unseen(after));
    return {};
}

/// With the lock: whether commits lie behind that place which nobody of this process saw.
Result<bool> ChangeLog::has_unseen(LogPlace after) const {
    if (stamps_.empty()) return committed_ > after.frames;
    const std::uint32_t seen = stamps_.front().frames;
    SW_TRY(const FrameRun run, wal_->read(header_, after, seen, kShortWait));
    if (run.commits.empty()) return seen > after.frames;
    return run.commits.front().frames != seen;
}

/// The epoch ended while nobody looked. Of its frames those lie behind the last one that was taken
/// which the next epoch has not written over: all that there were, if it wrote over none of those
/// and is the next indeed.
Result<> ChangeLog::recover(const WalHeader& header, LogPlace after) {
    WalHeader before = header;
    before.epoch = after.epoch;
    if (after.frames == 0 || !header.follows(after.epoch)) {
        return gap("the log began anew since");
    }
    SW_TRY(const auto checksum, wal_->checksum_at(before, after.frames));
    if (checksum != after.checksum) return gap("the log began anew, over what was not taken");
    SW_TRY(const LogPlace end, wal_->last_commit(before, after));
    if (std::uint64_t{end.frames - after.frames} * header.frame_bytes() > kMostRecovered) {
        return gap("the log began anew, and too much of it was not taken");
    }
    // As old as the first commit of this process at least.
    const WallTime oldest = stamps_.empty() ? next_time() : stamps_.front().at;
    for (LogPlace at = after; at.frames < end.frames;) {
        SW_TRY(FrameRun run, wal_->read(before, at, end.frames, kRecoveredPiece));
        const LogPlace from = std::exchange(at, run.end);
        recovered_.push_back(piece_of(std::move(run), from, oldest));
        recovered_.back().times_unknown = true;
    }
    return {};
}

Async<> ChangeLog::let_go() {
    auto work = [this]() -> Result<> {
        (void)catch_up();
        return on_writer<void>([this](Connection& writer) -> Result<> {
            release(writer);
            return {};
        });
    };
    co_return co_await offload(pool_, std::move(work));
}

// ---- Taking

Async<LogPiece> ChangeLog::take(std::size_t most_bytes) {
    auto work = [this, most_bytes] { return take_now(most_bytes); };
    co_return co_await offload(pool_, std::move(work));
}

Result<LogPiece> ChangeLog::take_now(std::size_t most_bytes) {
    std::uint64_t log_bytes = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!kept_) return gap("no log is kept");
        log_bytes = std::uint64_t{committed_} * header_.frame_bytes();
    }
    if (!recovered_.empty()) {
        LogPiece piece = std::move(recovered_.front());
        recovered_.pop_front();
        piece.more = true;
        return piece;
    }
    if (almost_checkpointed_ && seen_epoch_ != epoch()) almost_checkpointed_ = false;
    const bool due = log_bytes >= options_.checkpoint_bytes;
    const bool pressing = log_bytes >= kPressing * options_.checkpoint_bytes;
    if (due && almost_checkpointed_ && waiting_bytes() <= (pressing ? most_bytes : kShortWait)) {
        return on_writer<LogPiece>(
            [&](Connection& writer) { return take_last(writer, most_bytes); });
    }
    SW_TRY(LogPiece piece, next_piece(most_bytes));
    if (due && !piece.more) {
        // What was taken must reach whoever waits for it, whatever comes of the checkpoint.
        if (!almost_checkpointed_ && guard_->advance()) {
            seen_epoch_ = epoch();
            const auto at = checkpoint(*checkpointer_);
            seen_ = at ? at->log : 0;
            almost_checkpointed_ = at.has_value();
        }
        // The end of it; where there is no getting on, whoever takes may rest before the next try.
        piece.more = almost_checkpointed_;
    }
    return piece;
}

/// On the writer's thread: nothing of ours is added meanwhile.
Result<LogPiece> ChangeLog::take_last(Connection& writer, std::size_t most_bytes) {
    {
        const std::lock_guard lock(mutex_);
        // Of an epoch that is over it says nothing.
        if (seen_epoch_ == header_.epoch) committed_ = std::max(committed_, seen_);
    }
    SW_TRY(LogPiece piece, next_piece(most_bytes));
    if (piece.more) return piece;
    almost_checkpointed_ = false;
    if (!guard_->advance()) return piece;
    seen_epoch_ = epoch();
    const auto at = checkpoint(writer);
    if (!at) return piece;
    seen_ = at->log;
    // With all of it taken, and all of it in the file, the next commit may begin it anew.
    if (at->log == piece.to.frames && at->done == at->log) (void)guard_->advance();
    return piece;
}

std::uint64_t ChangeLog::epoch() const {
    const std::lock_guard lock(mutex_);
    return header_.epoch;
}

Result<LogPiece> ChangeLog::next_piece(std::size_t most_bytes) {
    LogPlace from;
    WalHeader header;
    std::uint32_t until = 0;
    WallTime seen_at{};
    {
        const std::lock_guard lock(mutex_);
        if (gap_) return gap("the log began anew before all of it was taken");
        from = taken_;
        header = header_;
        until = committed_;
        seen_at = next_time();
    }
    SW_TRY(FrameRun run, wal_->read(header, from, until, most_bytes));
    const std::lock_guard lock(mutex_);
    const bool more = run.end.frames < until;
    if (taken_ == from) taken_ = run.end;
    LogPiece piece = piece_of(std::move(run), from, seen_at);
    piece.more = more;
    // Until it has caught up once, what comes next may be older than it is said to be.
    if (more && catching_up_) piece.times_unknown = true;
    if (!more) catching_up_ = false;
    if (!more) {
        whole_until_ = seen_at;
    } else if (!piece.times_unknown && !piece.commits.empty()) {
        whole_until_ = piece.commits.back().at;
    }
    piece.whole_until = whole_until_;
    return piece;
}

/// With the lock.
LogPiece ChangeLog::piece_of(FrameRun run, LogPlace from, WallTime seen_at) {
    LogPiece piece;
    piece.from = from;
    piece.to = run.end;
    piece.page_bytes = header_.page_bytes;
    piece.big_endian = header_.big_endian;
    piece.frames = std::move(run.frames);
    const bool is_current = from.epoch == header_.epoch;
    for (const CommitEnd& end : run.commits) {
        while (is_current && !stamps_.empty() && stamps_.front().frames < end.frames) {
            stamps_.pop_front();
        }
        const bool known = is_current && !stamps_.empty() && stamps_.front().frames == end.frames;
        // Another process's, or one from before this one: as old as the next known one at least.
        if (!known) piece.times_unknown = true;
        const bool later = is_current && !stamps_.empty();
        const WallTime at = later ? stamps_.front().at : seen_at;
        piece.commits.push_back({end.frames - from.frames, end.pages, at});
    }
    piece.whole_until = whole_until_;
    return piece;
}

}  // namespace syncwatch::sqlite
