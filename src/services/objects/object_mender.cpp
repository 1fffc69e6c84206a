#include "services/objects/object_mender.h"

#include <utility>

#include "base/log/log.h"
#include "services/objects/blob_reading.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// What could not be copied is tried again after this.
constexpr auto kTryAgain = 30s;
/// What is lost may be found: a store comes back, a transcoder is there again.
constexpr auto kLookForLost = 10min;
/// Nobody waits in front of a screen.
constexpr auto kMakingPatience = 5min;

/// A copy that nobody wants any more. One that a store does not let go is told of by whoever
/// removed the object, or else found by StoreCensus.
Async<> take_back(BlobStore& store, std::string key) {
    const Result<> removed = co_await store.remove(std::move(key));
    if (!removed && removed.error().reason == kNoDelete) co_return Result<>();
    co_return removed;
}

}  // namespace

Async<> ObjectMender::note_whole(StoredBlob object) {
    const auto copies = has_second() ? ReplicaLedger::Copies::Two : ReplicaLedger::Copies::One;
    const WallTime now = powers_.clock.wall();
    co_return co_await powers_.replicas.note_verified(std::move(object), copies, now);
}

Async<> ObjectMender::replicate(StoredBlob object) {
    if (!has_second()) co_return Result<>();
    StoredBlob source = object;
    const Result<> copied =
        co_await powers_.copier.copy(powers_.first, *powers_.second, std::move(source));
    const WallTime now = powers_.clock.wall();
    if (!copied) {
        StoredBlob line = object;
        if (copied.error().reason == "bad_source") {
            (void)co_await powers_.replicas.note_fault(std::move(line), ObjectFault::Damaged, now);
        } else {
            (void)co_await powers_.replicas.postpone(std::move(line), now + kTryAgain);
        }
        ++powers_.tally.copies_failed;
        co_return copied;
    }
    StoredBlob line = object;
    SW_CO_TRY(const bool wanted, co_await powers_.replicas.note_replicated(std::move(line), now));
    // It was removed from both stores while its copy was on its way.
    if (!wanted) co_return co_await take_back(*powers_.second, object.key);
    ++powers_.tally.copied_objects;
    powers_.tally.copied_bytes += object.size;
    co_return Result<>();
}

Async<ObjectMender::Report> ObjectMender::look(StoredBlob object) {
    Report report;
    StoredBlob expected = object;
    report.first = co_await measure_blob(powers_.first, std::move(expected));
    if (has_second()) {
        StoredBlob same = object;
        report.second = co_await measure_blob(*powers_.second, std::move(same));
    }
    ++powers_.tally.audited_objects;
    powers_.tally.audited_bytes += object.size;
    if (report.first == Condition::Away || report.second == Condition::Away) {
        const std::string which = report.first == Condition::Away ? "first" : "second";
        co_return fail_unavailable("objects", "the " + which + " store does not give " + object.key,
                                   5s);
    }
    if (!is_faulty(report.first) && !is_faulty(report.second)) co_return report;
    report.outcome = Outcome::Faulty;
    StoredBlob line = object;
    SW_CO_TRY(const bool wanted, co_await powers_.replicas.is_wanted(std::move(line)));
    if (!wanted) report.outcome = Outcome::Gone;
    co_return report;
}

Async<ObjectMender::Report> ObjectMender::inspect(StoredBlob object) {
    SW_CO_TRY(const Report report, co_await look(object));
    if (report.outcome == Outcome::Whole) {
        SW_CO_CHECK(co_await note_whole(std::move(object)));
        co_return report;
    }
    if (report.outcome == Outcome::Gone) co_return report;
    // One that only waits for its first copy has no fault.
    SW_CO_TRY(const auto line, co_await powers_.replicas.find_line(object.key));
    const bool waits = line && !line->replicated_at;
    if (!is_faulty(report.first) && waits) {
        Report fine = report;
        fine.outcome = Outcome::Whole;
        const WallTime now = powers_.clock.wall();
        SW_CO_CHECK(co_await powers_.replicas.postpone(std::move(object), now));
        co_return fine;
    }
    if (line && line->fault == ObjectFault::None) tell(object.key, report);
    const WallTime now = powers_.clock.wall();
    SW_CO_CHECK(co_await powers_.replicas.note_fault(std::move(object), ObjectFault::Damaged, now));
    co_return report;
}

Async<ObjectMender::Report> ObjectMender::mend(StoredBlob object) {
    SW_CO_TRY(Report report, co_await look(object));
    if (report.outcome == Outcome::Gone) co_return report;
    if (report.outcome == Outcome::Whole) {
        SW_CO_CHECK(co_await note_whole(std::move(object)));
        co_return report;
    }
    SW_CO_TRY(const auto known, co_await powers_.replicas.find_line(object.key));
    if (!is_faulty(report.first) && known && !known->replicated_at) {
        // One that only waits for its first copy has no fault.
        report.outcome = Outcome::Whole;
        StoredBlob waiting = object;
        SW_CO_CHECK(co_await replicate(std::move(waiting)));
        SW_CO_CHECK(co_await note_whole(std::move(object)));
        co_return report;
    }
    // Whoever noted it before has said so already.
    if (known && known->fault == ObjectFault::None) tell(object.key, report);
    StoredBlob line = object;
    const Result<> repaired = co_await repair(std::move(line), report);
    if (!repaired) {
        const WallTime then = powers_.clock.wall() + kTryAgain;
        (void)co_await powers_.replicas.note_fault(std::move(object), ObjectFault::Damaged, then);
        co_return fail(repaired.error());
    }
    co_return report;
}

void ObjectMender::tell(const std::string& key, const Report& report) {
    const bool first = is_faulty(report.first);
    const Condition found = first ? report.first : report.second;
    powers_.tally.count_fault(found);
    log::warning("objects.faulty",
                 {{"key", key}, {"is", text(found)}, {"store", first ? "first" : "second"}});
}

Async<> ObjectMender::repair(StoredBlob object, Report& report) {
    const std::string key = object.key;
    if (is_faulty(report.first) && (!has_second() || is_faulty(report.second))) {
        StoredBlob once = object;
        SW_CO_TRY(const bool is_back, co_await bring_back(std::move(once), report));
        if (!is_back) co_return co_await make_again(std::move(object), report);
        report.outcome = Outcome::Repaired;
        if (!has_second()) co_return co_await note_whole(std::move(object));
    }
    const bool from_first = !is_faulty(report.first);
    BlobStore& from = from_first ? powers_.first : *powers_.second;
    BlobStore& to = from_first ? *powers_.second : powers_.first;
    StoredBlob source = object;
    SW_CO_CHECK(co_await powers_.copier.copy(from, to, std::move(source)));
    StoredBlob line = object;
    SW_CO_TRY(const bool wanted, co_await powers_.replicas.is_wanted(std::move(line)));
    if (!wanted) {
        report.outcome = Outcome::Gone;
        co_return co_await take_back(to, key);
    }
    SW_CO_CHECK(co_await note_whole(std::move(object)));
    report.outcome = Outcome::Repaired;
    ++(from_first ? powers_.tally.healed_from_first : powers_.tally.healed_from_second);
    log::info("objects.repaired", {{"key", key}, {"from", from_first ? "first" : "second"}});
    co_return Result<>();
}

/// The bytes that were put last may still be there where something else was put, or nothing, since.
Async<bool> ObjectMender::bring_back(StoredBlob object, Report& report) {
    for (BlobStore* const store : {&powers_.first, powers_.second}) {
        if (store == nullptr) continue;
        StoredBlob wanted = object;
        const Result<> back = co_await store->bring_back(std::move(wanted));
        if (!back && back.error().code == ErrorCode::NotFound) continue;
        if (!back) co_return fail(back.error());
        const bool is_first = store == &powers_.first;
        (is_first ? report.first : report.second) = Condition::Whole;
        ++powers_.tally.healed_from_versions;
        log::info("objects.brought_back",
                  {{"key", object.key}, {"store", is_first ? "first" : "second"}});
        co_return true;
    }
    co_return false;
}

Async<> ObjectMender::make_again(StoredBlob object, Report& report) {
    ObjectMaker* const maker = maker_;
    Result<> made = fail(ErrorCode::Unavailable, "nobody here makes objects again", kNoMaker);
    if (maker != nullptr) {
        const Instant deadline = powers_.clock.now() + kMakingPatience;
        made = co_await maker->make_again(object.key, deadline);
    }
    if (made) {
        report.outcome = Outcome::Repaired;
        co_return Result<>();
    }
    if (made.error().reason == kNoMaker) {
        // Another process may: it is left to that one, and not called lost.
        const WallTime then = powers_.clock.wall() + kLeftToOthers;
        co_return co_await powers_.replicas.note_fault(std::move(object), ObjectFault::Damaged,
                                                       then);
    }
    if (made.error().code != ErrorCode::NotFound) co_return made;
    report.outcome = Outcome::Lost;
    StoredBlob line = object;
    const auto before = co_await powers_.replicas.find_line(object.key);
    const bool news = !before || !*before || (*before)->fault != ObjectFault::Lost;
    const WallTime then = powers_.clock.wall() + kLookForLost;
    SW_CO_CHECK(co_await powers_.replicas.note_fault(std::move(line), ObjectFault::Lost, then));
    if (!news) co_return Result<>();
    ++powers_.tally.lost;
    log::error("objects.lost", {{"key", object.key}, {"why", made.error().message}});
    co_return Result<>();
}

}  // namespace syncwatch
