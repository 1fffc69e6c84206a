// The part of SqlMediaStore that keeps parts of films.
#include <utility>

#include "adapters/sql_media/media_rows.h"
#include "adapters/sql_media/sql_media_store.h"

namespace syncwatch::sql {
namespace {

#define SW_FREE_PART                  \
    "p.next_segment < p.last_segment" \
    " AND (p.leased_until IS NULL OR p.leased_until <= ?1)"

FilmPart part_from(const Row& row) {
    FilmPart part;
    part.first = static_cast<int>(row.integer(0));
    part.last = static_cast<int>(row.integer(1));
    part.next = static_cast<int>(row.integer(2));
    return part;
}

PartJob part_job_from(const Row& row) {
    PartJob made;
    made.part = part_from(row);
    made.lease.job = row.id<JobId>(3);
    made.lease.first = made.part.first;
    made.lease.claim = row.integer(4);
    made.attempts = static_cast<int>(row.integer(5));
    made.video = row.id<VideoId>(6);
    made.edition = static_cast<int>(row.integer(7));
    made.plan = row.text(8);
    made.cause = row.text(9);
    return made;
}

Segment made_segment_from(const Row& row) {
    Segment made;
    made.stream = row.text(0);
    made.number = static_cast<int>(row.integer(1));
    made.duration = std::chrono::microseconds(row.integer(2));
    made.size = static_cast<std::uint64_t>(row.integer(3));
    made.init = static_cast<int>(row.integer(4));
    return made;
}

tl::unexpected<Error> lease_lost() {
    return fail(ErrorCode::Conflict, "the part is somebody else's, or gone", "lease_lost");
}

/// Changes the part that is held under `lease`.
template <class... Args>
Result<> change(Connection& db, const PartLease& lease, std::string_view sql, const Args&... args) {
    SW_TRY(const std::int64_t changed, db.run(sql, args..., lease.job, lease.first, lease.claim));
    if (changed == 0) return lease_lost();
    return {};
}

}  // namespace

Async<> SqlMediaStore::offer(JobLease lease, std::vector<FilmPart> parts) {
    auto work = [lease, parts = std::move(parts)](Connection& db) -> Result<> {
        SW_CHECK(held_video(db, lease));
        for (const FilmPart& each : parts) {
            SW_CHECK(
                db.run("INSERT INTO job_parts (job, first_segment, last_segment, next_segment,"
                       " attempts, claim, worker, leased_until) VALUES (?, ?, ?, ?, 0, 0, '', NULL)"
                       " ON CONFLICT (job, first_segment) DO NOTHING",
                       lease.job, each.first, each.last, each.next));
        }
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::optional<FilmPart>> SqlMediaStore::take_part(JobLease lease, WallTime now) {
    auto work = [lease, now](Connection& db) -> Result<std::optional<FilmPart>> {
        SW_CHECK(held_video(db, lease));
        SW_TRY(auto part, db.query_one("SELECT p.first_segment, p.last_segment, p.next_segment"
                                       " FROM job_parts p WHERE p.job = ?2 AND " SW_FREE_PART
                                       " ORDER BY p.first_segment LIMIT 1",
                                       part_from, now, lease.job));
        if (part) {
            SW_CHECK(db.run("DELETE FROM job_parts WHERE job = ? AND first_segment = ?", lease.job,
                            part->first));
        }
        return part;
    };
    co_return co_await database_.write(std::move(work));
}

Async<std::vector<Segment>> SqlMediaStore::made_by_helpers(JobId job, int from) {
    auto work = [job, from](Connection& db) {
        return db.query(
            "SELECT stream, number, duration_us, size, init FROM part_segments"
            " WHERE job = ? AND number >= ? ORDER BY stream, number",
            made_segment_from, job, from);
    };
    co_return co_await database_.read(std::move(work));
}

Async<std::optional<PartJob>> SqlMediaStore::claim_part(std::string worker, WallTime now,
                                                        std::chrono::seconds lease,
                                                        int most_attempts) {
    auto work = [worker = std::move(worker), now, lease,
                 most_attempts](Connection& db) -> Result<std::optional<PartJob>> {
        SW_TRY(auto part,
               db.query_one(
                   "SELECT p.first_segment, p.last_segment, p.next_segment, p.job, p.claim,"
                   " p.attempts, v.id, v.edition, j.checkpoint, j.cause"
                   " FROM job_parts p JOIN jobs j ON j.id = p.job"
                   " JOIN videos v ON v.id = j.video AND v.deleted_at IS NULL WHERE " SW_FREE_PART
                   " AND j.worker <> ?2 AND p.attempts < ?3"
                   " ORDER BY j.created_at, j.id, p.first_segment LIMIT 1",
                   part_job_from, now, worker, most_attempts));
        if (!part) return part;
        ++part->attempts;
        ++part->lease.claim;
        SW_CHECK(
            db.run("UPDATE job_parts SET attempts = ?, claim = ?, worker = ?, leased_until = ?"
                   " WHERE job = ? AND first_segment = ?",
                   part->attempts, part->lease.claim, worker, WallTime(now + lease),
                   part->lease.job, part->lease.first));
        return part;
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::renew_part(PartLease lease, WallTime until) {
    auto work = [lease, until](Connection& db) {
        return change(db, lease,
                      "UPDATE job_parts SET leased_until = ?"
                      " WHERE job = ? AND first_segment = ? AND claim = ?",
                      until);
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::advance_part(PartLease lease, std::vector<Segment> segments,
                                    std::vector<StoredBlob> objects, int next, WallTime now) {
    auto work = [lease, segments = std::move(segments), objects = std::move(objects), next,
                 now](Connection& db) -> Result<> {
        SW_CHECK(change(db, lease,
                        "UPDATE job_parts SET attempts = 1, next_segment = ?"
                        " WHERE job = ? AND first_segment = ? AND claim = ?",
                        next));
        for (const Segment& each : segments) {
            SW_CHECK(
                db.run("INSERT INTO part_segments (job, stream, number, duration_us, size, init)"
                       " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (job, stream, number) DO UPDATE SET"
                       " duration_us = excluded.duration_us, size = excluded.size,"
                       " init = excluded.init",
                       lease.job, each.stream, each.number, std::int64_t{each.duration.count()},
                       each.size, each.init));
        }
        for (const StoredBlob& each : objects) SW_CHECK(record_object(db, each, now));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::release_part(PartLease lease, Counts attempt) {
    const int back = attempt == Counts::No ? 1 : 0;
    auto work = [lease, back](Connection& db) {
        return change(db, lease,
                      "UPDATE job_parts SET worker = '', leased_until = NULL, claim = claim + 1,"
                      " attempts = attempts - ?"
                      " WHERE job = ? AND first_segment = ? AND claim = ?",
                      back);
    };
    co_return co_await database_.write(std::move(work));
}

Async<> SqlMediaStore::reclaim_parts(std::string worker) {
    auto work = [worker = std::move(worker)](Connection& db) -> Result<> {
        SW_CHECK(
            db.run("UPDATE job_parts SET worker = '', leased_until = NULL, claim = claim + 1"
                   " WHERE worker = ?",
                   worker));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

}  // namespace syncwatch::sql
