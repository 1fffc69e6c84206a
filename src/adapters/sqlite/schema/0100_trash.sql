-- Since when a film, or subtitles of one that is there, are deleted: nobody sees them any more, and their
-- objects stay until the time is up that the plan gives.
ALTER TABLE videos ADD COLUMN deleted_at INTEGER;
CREATE INDEX videos_in_trash ON videos (deleted_at) WHERE deleted_at IS NOT NULL;
ALTER TABLE subtitles ADD COLUMN deleted_at INTEGER;
