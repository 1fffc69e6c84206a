#pragma once
#include <span>
#include <string>

#include "adapters/sql/connection.h"
#include "domain/media/video.h"
#include "ports/blob_store.h"
#include "ports/job_store.h"
#include "ports/video_store.h"

namespace syncwatch::sql {

// What more than one part of SqlMediaStore does, inside its transaction.

/// Which of the two a video is in.
enum class Shelf : std::uint8_t { Library, Trash };

/// The whole video with its tracks. Errors: NotFound (reason "no_such_video").
Result<Video> load_video(Connection& db, VideoId id, Shelf shelf = Shelf::Library);
Result<> insert_video(Connection& db, const Video& video);
Result<TrashFigures> read_trash_figures(Connection& db);
/// With its upload, job, tracks and segments; dooms its objects. Errors: NotFound.
Result<> delete_video(Connection& db, VideoId id);
/// Failed, with nothing left of its edition; the job goes, the original is another matter.
Result<> fail_video(Connection& db, VideoId id, const VideoError& error);

Result<> doom(Connection& db, const std::string& key);
/// Of a row that begins with key, size, sha256.
StoredBlob object_from(const Row& row);
Result<> record_object(Connection& db, const StoredBlob& object, WallTime now);
/// The video that the lease is about. Errors: Conflict (reason "lease_lost").
Result<VideoId> held_video(Connection& db, const JobLease& lease);
/// `cause`: as Job::cause.
Result<> insert_job(Connection& db, JobId job, VideoId video, const std::string& cause,
                    WallTime now);
/// Adds a track, or replaces the one with its id.
Result<> put_subtitle(Connection& db, VideoId video, const SubtitleTrack& track);

}  // namespace syncwatch::sql
