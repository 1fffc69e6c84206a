#include "recovery/embedded/shipper.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/async/offload.h"
#include "base/log/log.h"
#include "base/uuid.h"
#include "recovery/embedded/deadline.h"

namespace syncwatch::recovery {

namespace {

using GenerationId = Id<struct GenerationTag>;

bool is_conflict(const Error& error) {
    return error.code == ErrorCode::Conflict;
}

/// What comes now is later than all of it, by the times in it as by its name, even if the clock was
/// ahead then: else the latest that is restored would be what there was before.
WallTime end_of_all(const std::vector<Generation>& generations) {
    WallTime end{};
    for (const Generation& each : generations) {
        const auto made = Uuid::parse(each.id).map([](Uuid u) { return u.made_at(); });
        if (made && *made) end = std::max(end, **made);
        for (const KnownPiece& piece : each.pieces) end = std::max(end, piece.name.whole_until);
    }
    return end;
}

}  // namespace

Shipper::Shipper(DatabaseLog& log, BackupRepository& repository, Clock& clock, Random& random,
                 net::thread_pool& pool, ShipperSettings settings)
    : log_(log),
      repository_(repository),
      clock_(clock),
      random_(random),
      pool_(pool),
      settings_(std::move(settings)) {}

net::awaitable<void> Shipper::run() {
    auto pause = settings_.first_retry;
    for (;;) {
        const Instant begun = clock_.now();
        const auto ended = co_await follow();
        note_trouble(ended.error());
        (void)co_await check_waiting();
        if (clock_.now() - begun > settings_.last_retry) pause = settings_.first_retry;
        co_await rest(pause);
        pause = std::min(pause * 2, settings_.last_retry);
    }
}

/// Ends in an error only: then all begins again from what the repository has.
Async<> Shipper::follow() {
    if (!held_) SW_CO_CHECK(co_await log_.hold());
    held_ = true;
    SW_CO_CHECK(co_await choose_generation());
    note(ShipperStatus::State::Following);
    for (;;) {
        SW_CO_CHECK(co_await ship_waiting(false));
        if (is_base_due()) SW_CO_CHECK(co_await copy_base());
        co_await rest(settings_.every);
    }
}

Async<> Shipper::finish() {
    if (number_ == 0) co_return Result<>();
    co_return co_await ship_waiting(true);
}

// ---- Generations

/// This process's own, else the newest. Of one without a copy nothing could be restored.
const Generation* Shipper::candidate(const std::vector<Generation>& generations) const {
    const Generation* out = generations.empty() ? nullptr : &generations.back();
    for (const Generation& each : generations) {
        if (each.id == generation_) out = &each;
    }
    const bool usable = out != nullptr && !out->manifests.empty() && !foreign_.contains(out->id) &&
                        out->last_in_row() != nullptr;
    return usable ? out : nullptr;
}

Async<> Shipper::choose_generation() {
    in_hand_.reset();  // The log gives it again, from where the repository is.
    auto listing = list_generations(repository_, settings_.cluster);
    auto listed = by_deadline(clock_, settings_.patience, std::move(listing));
    SW_CO_TRY(const auto generations, co_await std::move(listed));
    const Generation* const newest = candidate(generations);
    if (newest != nullptr) {
        SW_CO_TRY(const bool goes_on, co_await go_on_with(newest->id, newest->last_in_row()->name));
        if (goes_on) {
            base_at_ = {};
            for (const std::string& name : newest->manifests) {
                const std::string id = name.substr(name.find("/base/") + 6, 36);
                const auto made = Uuid::parse(id).map([](Uuid u) { return u.made_at(); });
                if (made && *made) base_at_ = std::max(base_at_, **made);
            }
            const std::lock_guard lock(mutex_);
            status_.has_base = base_at_ != WallTime{};
            co_return Result<>();
        }
    }
    co_return co_await start_generation(end_of_all(generations));
}

/// False: the log does not reach back to its last piece.
Async<bool> Shipper::go_on_with(std::string generation, PieceName last) {
    const std::string name = generation_folder(settings_.cluster, generation) + "/" + last.path();
    auto reading = by_deadline(clock_, settings_.patience, repository_.read(name));
    const auto bytes = co_await std::move(reading);
    if (!bytes && bytes.error().code == ErrorCode::NotFound) co_return false;
    SW_CO_CHECK(bytes);
    auto decode = [&bytes] { return decode_piece(*bytes); };
    const auto piece = co_await offload(pool_, std::move(decode));
    if (!piece || piece->number != last.number) {
        log::warning("backup.piece_damaged", {{"name", name}});
        co_return false;
    }
    const auto resumed = co_await log_.resume(piece->log.to, piece->log.whole_until);
    if (!resumed && is_conflict(resumed.error())) {
        log::warning("backup.gap", {{"generation", generation},
                                    {"after", format_rfc3339(piece->log.whole_until)},
                                    {"why", resumed.error().message}});
        co_return false;
    }
    SW_CO_CHECK(resumed);
    generation_ = std::move(generation);
    number_ = piece->number;
    end_ = piece->log.to;
    previous_ = piece->digest;
    whole_until_ = piece->log.whole_until;
    epoch_ = piece->log.to.epoch;
    epoch_piece_ = piece->log.from.frames == 0 ? number_ : 0;
    const std::lock_guard lock(mutex_);
    status_.generation = generation_;
    status_.piece = number_;
    status_.shipped_until = whole_until_;
    co_return true;
}

Async<> Shipper::start_generation(WallTime after) {
    const WallTime now = clock_.wall();
    if (after > now) {
        log::warning("backup.clock_was_ahead",
                     {{"shipped_until", format_rfc3339(after)}, {"now", format_rfc3339(now)}});
    }
    SW_CO_CHECK(co_await log_.begin(after));
    generation_ =
        random_.make_id<GenerationId>(std::max(now, after + std::chrono::milliseconds(1))).text();
    number_ = 0;
    previous_.clear();
    epoch_ = 0;
    epoch_piece_ = 0;
    base_at_ = {};
    log::info("backup.generation", {{"generation", generation_}, {"at", repository_.place()}});
    const std::lock_guard lock(mutex_);
    status_.generation = generation_;
    status_.piece = 0;
    status_.has_base = false;
    co_return Result<>();
}

// ---- Pieces

Async<> Shipper::ship_waiting(bool marked, unsigned most) {
    for (bool more = true; more && most > 0; --most) {
        // One that was in hand when run() was cancelled comes first. What it said of others then
        // is of no use now.
        const bool is_left_over = in_hand_.has_value();
        if (!is_left_over) {
            SW_CO_TRY(in_hand_, co_await log_.take(settings_.piece_bytes));
        }
        more = in_hand_->more || is_left_over;
        const bool due = clock_.now() - shipped_at_ >= settings_.mark_every || number_ == 0;
        const bool is_mark = due || (marked && !more);
        if (!in_hand_->frames.empty() || is_mark) {
            SW_CO_CHECK(co_await ship_in_hand());
        } else {
            in_hand_.reset();
        }
    }
    SW_CO_CHECK(co_await check_alone());
    const std::lock_guard lock(mutex_);
    status_.waiting_bytes = log_.waiting_bytes();
    co_return Result<>();
}

bool Shipper::goes_on(const LogPlace& from) const {
    return number_ == 0 || from == end_ || (from.frames == 0 && from.epoch != end_.epoch);
}

Async<> Shipper::ship_in_hand() {
    if (!goes_on(in_hand_->from)) {
        co_return fail(ErrorCode::Conflict, "a piece of the log was lost on its way", "gap");
    }
    StoredPiece piece;
    piece.generation = generation_;
    piece.number = number_ + 1;
    piece.previous = previous_;
    piece.log = *in_hand_;
    auto encode = [&piece] { return encode_piece(piece); };
    std::string bytes = co_await offload(pool_, std::move(encode));
    piece.log.frames = {};
    std::string name =
        generation_folder(settings_.cluster, generation_) + "/" + piece.name().path();
    SW_CO_CHECK(co_await store(std::move(name), std::move(bytes)));
    in_hand_.reset();
    ++number_;
    end_ = piece.log.to;
    previous_ = piece.digest;
    whole_until_ = piece.log.whole_until;
    shipped_at_ = clock_.now();
    if (end_.epoch != epoch_) {
        epoch_ = end_.epoch;
        epoch_piece_ = piece.log.from.frames == 0 ? number_ : 0;
    }
    const std::lock_guard lock(mutex_);
    status_.piece = number_;
    status_.shipped_until = whole_until_;
    co_return Result<>();
}

Async<> Shipper::store(std::string name, std::string bytes) {
    auto pause = settings_.first_retry;
    for (;;) {
        auto creating = by_deadline(clock_, settings_.patience, repository_.create(name, bytes));
        const auto created = co_await std::move(creating);
        if (created) break;
        if (is_conflict(created.error())) {
            co_return co_await leave_to_others(name + " is another's");
        }
        note_trouble(created.error());
        note(ShipperStatus::State::Away);
        SW_CO_CHECK(co_await check_waiting());
        co_await rest(pause);
        pause = std::min(pause * 2, settings_.last_retry);
    }
    note(ShipperStatus::State::Following);
    co_return Result<>();
}

/// Rather a gap that is known than a full disk.
Async<> Shipper::check_waiting() {
    const std::uint64_t waiting = log_.waiting_bytes();
    {
        const std::lock_guard lock(mutex_);
        status_.waiting_bytes = waiting;
    }
    if (waiting <= settings_.most_waiting_bytes) co_return Result<>();
    log::error("backup.fell_behind", {{"generation", generation_},
                                      {"waiting_bytes", waiting},
                                      {"shipped_until", format_rfc3339(whole_until_)}});
    note(ShipperStatus::State::FellBehind);
    (void)co_await log_.let_go();
    co_return fail(ErrorCode::Exhausted, "too much of the log is waiting: it was let go");
}

/// Somebody may have a copy of this database, its log included, and go on with it; or what a killed
/// process sent came after this one had looked.
Async<> Shipper::check_alone() {
    if (clock_.now() - alone_at_ < settings_.mark_every) co_return Result<>();
    alone_at_ = clock_.now();
    PieceName mine;
    mine.number = number_;
    auto listing =
        repository_.list(generation_folder(settings_.cluster, generation_) + "/" + mine.folder());
    auto listed = by_deadline(clock_, settings_.patience, std::move(listing));
    const auto entries = co_await std::move(listed);
    if (!entries) co_return Result<>();  // Asked again later: shipping is what counts.
    std::set<std::uint64_t> numbers;
    for (const auto& entry : *entries) {
        const auto name = PieceName::parse(entry.name.substr(entry.name.rfind('/') + 1));
        if (!name) continue;
        if (name->number > number_ || !numbers.insert(name->number).second) {
            co_return co_await leave_to_others(entry.name + " is another's");
        }
    }
    co_return Result<>();
}

Async<> Shipper::leave_to_others(std::string why) {
    log::error("backup.contested", {{"generation", generation_}, {"why", why}});
    foreign_.insert(generation_);
    (void)co_await log_.let_go();
    co_return fail(ErrorCode::Conflict, std::move(why), "foreign_generation");
}

net::awaitable<void> Shipper::rest(std::chrono::milliseconds time) {
    co_await clock_.sleep_until(clock_.now() + time);
}

// ---- What is said of it

void Shipper::note_trouble(const Error& error) {
    const std::lock_guard lock(mutex_);
    // Once per trouble: it is tried again all the time.
    if (status_.trouble != error.message) {
        log::warning("backup.log_waits", {{"at", repository_.place()},
                                          {"shipped_until", format_rfc3339(whole_until_)},
                                          {"error", error.message}});
    }
    status_.trouble = error.message;
}

void Shipper::note(ShipperStatus::State state) {
    const std::lock_guard lock(mutex_);
    const bool was_away = status_.state == ShipperStatus::State::Away ||
                          status_.state == ShipperStatus::State::FellBehind;
    if (was_away && state == ShipperStatus::State::Following) log::info("backup.log_goes_on");
    if (state == ShipperStatus::State::Following) status_.trouble.clear();
    status_.state = state;
}

ShipperStatus Shipper::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}  // namespace syncwatch::recovery
