// The part of MemoryMediaStore that keeps uploads and jobs.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "adapters/memory_stores/memory_media_store.h"
#include "base/log/log.h"
#include "domain/media/media_keys.h"

namespace syncwatch {
namespace {

void cut_off_claim(Job& job) {
    job.worker.clear();
    job.leased_until.reset();
    ++job.claim;
}

}  // namespace

Result<MemoryMediaStore::Film*> MemoryMediaStore::film_of(UploadId id) {
    for (auto& [video, each] : films_) {
        if (each.upload && each.upload->id == id) return &each;
    }
    return fail(ErrorCode::NotFound, "no such upload", "no_such_upload");
}

Result<MemoryMediaStore::Film*> MemoryMediaStore::film_of(const JobLease& lease) {
    for (auto& [video, each] : films_) {
        if (each.job && each.job->id == lease.job && each.job->claim == lease.claim) return &each;
    }
    return fail(ErrorCode::Conflict, "the job is somebody else's, or gone", "lease_lost");
}

Async<> MemoryMediaStore::add_upload(Upload upload, Video video, std::size_t most_unfinished) {
    const auto unfinished = std::ranges::count_if(films_, [&](const auto& each) {
        const auto& other = each.second.upload;
        return other && !other->completed && other->owner == upload.owner;
    });
    if (static_cast<std::size_t>(unfinished) >= most_unfinished) {
        co_return fail(ErrorCode::Exhausted, "too many uploads at once", "too_many_uploads");
    }
    Film made;
    made.video = std::move(video);
    made.upload = std::move(upload);
    const VideoId id = made.video.id;
    films_.emplace(id, std::move(made));
    co_return Result<>();
}

Async<Upload> MemoryMediaStore::find_upload(UploadId id) {
    SW_CO_TRY(const Film* found, film_of(id));
    co_return *found->upload;
}

Async<std::optional<Upload>> MemoryMediaStore::upload_of(VideoId video) {
    const auto found = films_.find(video);
    if (found == films_.end()) co_return std::nullopt;
    co_return found->second.upload;
}

Async<Upload> MemoryMediaStore::set_length(UploadId id, std::uint64_t length) {
    SW_CO_TRY(Film * found, film_of(id));
    if (found->upload->length && *found->upload->length != length) {
        co_return fail(ErrorCode::Conflict, "the upload's length is set already");
    }
    found->upload->length = length;
    found->video.size = length;
    co_return *found->upload;
}

Async<> MemoryMediaStore::set_expiry(UploadId id, WallTime expires_at) {
    SW_CO_TRY(Film * found, film_of(id));
    found->upload->expires_at = expires_at;
    co_return Result<>();
}

Async<> MemoryMediaStore::complete_upload(UploadId id, std::uint64_t size,
                                          std::optional<Sha256Sum> sha256, JobId job,
                                          WallTime now) {
    SW_CO_TRY(Film * found, film_of(id));
    if (found->upload->completed) co_return Result<>();
    found->upload->completed = true;
    found->upload->length = size;
    found->video.size = size;
    found->video.status = VideoStatus::Probing;
    found->video.original_kept = true;
    Job& made = found->job.emplace();
    made.cause = log::current_request();
    made.id = job;
    made.video = found->video.id;
    made.created_at = made.not_before = now;
    const std::string key = source_key(found->video.id);
    if (sha256) keep({{key, size, *sha256}}, now);
    co_return Result<>();
}

Async<bool> MemoryMediaStore::wants_original(VideoId video) {
    const auto found = films_.find(video);
    co_return found != films_.end() && found->second.video.original_kept;
}

Async<> MemoryMediaStore::reject_upload(UploadId id, VideoError error) {
    SW_CO_TRY(Film * found, film_of(id));
    if (found->upload->completed) co_return Result<>();
    found->upload->completed = true;
    fail_film(*found, std::move(error));
    doomed_.insert(source_prefix(found->video.id));
    co_return Result<>();
}

Async<Upload> MemoryMediaStore::remove_upload(UploadId id) {
    SW_CO_TRY(Film * found, film_of(id));
    Upload upload = *std::move(found->upload);
    found->upload.reset();
    if (!upload.completed) SW_CO_CHECK(co_await remove(upload.video));
    co_return upload;
}

Async<std::vector<Upload>> MemoryMediaStore::expired_uploads(WallTime now, int limit) {
    std::vector<Upload> out;
    for (const auto& [id, each] : films_) {
        if (each.upload && each.upload->expires_at <= now) out.push_back(*each.upload);
    }
    std::ranges::stable_sort(out, {}, &Upload::expires_at);
    if (out.size() > static_cast<std::size_t>(limit)) out.resize(static_cast<std::size_t>(limit));
    co_return out;
}

Async<std::vector<UploadId>> MemoryMediaStore::unfinished_uploads() {
    std::vector<UploadId> out;
    for (const auto& [id, each] : films_) {
        if (each.upload && !each.upload->completed) out.push_back(each.upload->id);
    }
    std::ranges::sort(out);
    co_return out;
}

Async<std::optional<Job>> MemoryMediaStore::claim(std::string worker, WallTime now,
                                                  std::chrono::seconds lease) {
    const auto is_held = [now](const Film& film) {
        return film.job && film.job->leased_until && *film.job->leased_until > now;
    };
    std::map<UserId, int> running;
    for (const auto& [id, each] : films_) running[each.video.owner] += is_held(each) ? 1 : 0;
    const auto place = [&running](const Film& film) {
        return std::tuple(running[film.video.owner], film.job->created_at, film.job->id);
    };
    // Who watches what is not known here: rooms are kept elsewhere.
    Film* first = nullptr;
    for (auto& [id, each] : films_) {
        if (each.deleted_at || !each.job || each.job->not_before > now || is_held(each)) continue;
        if (first == nullptr || place(each) < place(*first)) first = &each;
    }
    if (first == nullptr) co_return std::nullopt;
    Job& taken = *first->job;
    ++taken.attempts;
    ++taken.claim;
    taken.worker = std::move(worker);
    taken.leased_until = now + lease;
    co_return taken;
}

Async<> MemoryMediaStore::renew(JobLease lease, WallTime until) {
    SW_CO_TRY(Film * found, film_of(lease));
    found->job->leased_until = until;
    co_return Result<>();
}

Result<> MemoryMediaStore::apply(Film& film, const JobStep& step) {
    Video& video = film.video;
    if (step.facts) {
        video.duration = step.facts->duration;
        video.width = step.facts->width;
        video.height = step.facts->height;
        video.frame_rate = step.facts->frame_rate;
    }
    if (step.renditions) {
        video.renditions = *step.renditions;
        video.status = VideoStatus::Transcoding;
    }
    if (step.audio_tracks) video.audio_tracks = *step.audio_tracks;
    for (const SubtitleTrack& track : step.subtitles) {
        const auto same = std::ranges::find(video.subtitles, track.id, &SubtitleTrack::id);
        if (same == video.subtitles.end()) {
            video.subtitles.push_back(track);
        } else {
            *same = track;
        }
    }
    for (const Segment& segment : step.segments) {
        auto& stream = film.streams[segment.stream];
        const auto number = static_cast<std::size_t>(segment.number);
        if (number > stream.size()) {
            return fail(ErrorCode::Conflict, "the segment leaves a gap");
        }
        if (number == stream.size()) stream.push_back(segment);
        if (stream[number] != segment) {
            return fail(ErrorCode::Conflict, "another segment has this number");
        }
    }
    if (step.progress) {
        video.progress = step.progress->done;
        video.playable_until = step.progress->playable_until;
        video.eta = step.progress->eta;
    }
    video.has_poster = step.has_poster.value_or(video.has_poster);
    video.has_sprite = step.has_sprite.value_or(video.has_sprite);
    return {};
}

Result<> MemoryMediaStore::step(const JobLease& lease, const JobStep& step, WallTime now) {
    SW_TRY(Film * found, film_of(lease));
    Film changed = *found;
    SW_CHECK(apply(changed, step));
    if (step.checkpoint) changed.job->checkpoint = *step.checkpoint;
    if (step.checkpoint) changed.plan = *step.checkpoint;
    if (!step.segments.empty()) changed.job->attempts = 1;
    *found = std::move(changed);
    keep(step.objects, now);
    return {};
}

Async<> MemoryMediaStore::advance(JobLease lease, JobStep next, WallTime now) {
    co_return step(lease, next, now);
}

Async<> MemoryMediaStore::finish(JobLease lease, JobStep last, WallTime now) {
    SW_CO_CHECK(step(lease, last, now));
    SW_CO_TRY(Film * found, film_of(lease));
    Video& video = found->video;
    video.status = VideoStatus::Ready;
    video.progress = 1;
    video.eta.reset();
    video.playable_until = video.duration;
    found->job.reset();
    co_return Result<>();
}

Async<> MemoryMediaStore::fail_job(JobLease lease, VideoError error, Original original) {
    SW_CO_TRY(Film * found, film_of(lease));
    fail_film(*found, std::move(error));
    if (original == Original::Drop) {
        found->video.original_kept = false;
        doomed_.insert(source_prefix(found->video.id));
    }
    co_return Result<>();
}

Async<> MemoryMediaStore::retry_later(JobLease lease, WallTime not_before) {
    SW_CO_TRY(Film * found, film_of(lease));
    cut_off_claim(*found->job);
    found->job->not_before = not_before;
    co_return Result<>();
}

Async<> MemoryMediaStore::release(JobLease lease, WallTime not_before) {
    SW_CO_TRY(Film * found, film_of(lease));
    cut_off_claim(*found->job);
    found->job->attempts = std::max(found->job->attempts - 1, 0);
    found->job->not_before = std::max(found->job->not_before, not_before);
    co_return Result<>();
}

Async<> MemoryMediaStore::reclaim(std::string worker) {
    for (auto& [id, each] : films_) {
        if (each.job && each.job->worker == worker) cut_off_claim(*each.job);
    }
    co_return Result<>();
}

Async<> MemoryMediaStore::retry(VideoId video, JobId job, WallTime now) {
    SW_CO_TRY(Film * found, film(video));
    if (found->video.status != VideoStatus::Failed) {
        co_return fail(ErrorCode::Conflict, "the video did not fail", "not_failed");
    }
    if (!found->video.original_kept) {
        co_return fail(ErrorCode::Conflict, "the original is gone", "original_gone");
    }
    found->video.status = VideoStatus::Probing;
    found->video.error.reset();
    ++found->video.edition;
    Job& made = found->job.emplace();
    made.cause = log::current_request();
    made.id = job;
    made.video = video;
    made.created_at = made.not_before = now;
    co_return Result<>();
}

Async<> MemoryMediaStore::cancel(VideoId video) {
    SW_CO_TRY(Film * found, film(video));
    const VideoStatus status = found->video.status;
    if (status != VideoStatus::Probing && status != VideoStatus::Transcoding) {
        co_return fail(ErrorCode::Conflict, "there is nothing under way", "nothing_to_cancel");
    }
    fail_film(*found, {"cancelled", "Preparing this film was cancelled."});
    co_return Result<>();
}

Async<std::vector<Job>> MemoryMediaStore::jobs() {
    std::vector<Job> out;
    for (const auto& [id, each] : films_) {
        if (each.job && !each.deleted_at) out.push_back(*each.job);
    }
    std::ranges::stable_sort(out, {}, &Job::created_at);
    co_return out;
}

}  // namespace syncwatch
