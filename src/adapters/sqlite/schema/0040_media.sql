-- The film library. `owner` is no foreign key: an account that goes leaves videos behind whose
-- objects must be removed first.
CREATE TABLE videos (
    id             TEXT PRIMARY KEY,
    owner          TEXT NOT NULL,
    title          TEXT NOT NULL,
    status         TEXT NOT NULL
        CHECK (status IN ('uploading', 'probing', 'transcoding', 'ready', 'failed')),
    error_code     TEXT,
    error_message  TEXT,
    created_at     INTEGER NOT NULL,
    size           INTEGER NOT NULL,
    original_kept  INTEGER NOT NULL CHECK (original_kept IN (0, 1)),
    edition        INTEGER NOT NULL,
    duration       REAL NOT NULL,
    width          INTEGER NOT NULL,
    height         INTEGER NOT NULL,
    frame_rate     REAL NOT NULL,
    progress       REAL NOT NULL,
    playable_until REAL NOT NULL,
    eta_seconds    INTEGER,
    has_poster     INTEGER NOT NULL CHECK (has_poster IN (0, 1)),
    has_sprite     INTEGER NOT NULL CHECK (has_sprite IN (0, 1)),
    CHECK ((status = 'failed') = (error_code IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX videos_of_owner ON videos (owner, created_at);
CREATE INDEX videos_by_age ON videos (created_at);

CREATE TABLE renditions (
    video           TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    stream          TEXT NOT NULL,
    name            TEXT NOT NULL,
    width           INTEGER NOT NULL,
    height          INTEGER NOT NULL,
    frame_rate      REAL NOT NULL,
    bits_per_second INTEGER NOT NULL,
    codecs          TEXT NOT NULL,
    remuxed         INTEGER NOT NULL CHECK (remuxed IN (0, 1)),
    PRIMARY KEY (video, position),
    UNIQUE (video, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE audio_tracks (
    video           TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    stream          TEXT NOT NULL,
    language        TEXT NOT NULL,
    title           TEXT NOT NULL,
    channels        INTEGER NOT NULL,
    is_default      INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    bits_per_second INTEGER NOT NULL,
    codecs          TEXT NOT NULL,
    PRIMARY KEY (video, position),
    UNIQUE (video, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE subtitles (
    video      TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    id         TEXT NOT NULL,
    position   INTEGER NOT NULL,
    language   TEXT NOT NULL,
    title      TEXT NOT NULL,
    source     TEXT NOT NULL CHECK (source IN ('embedded', 'uploaded')),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    forced     INTEGER NOT NULL CHECK (forced IN (0, 1)),
    PRIMARY KEY (video, id)
) STRICT, WITHOUT ROWID;

-- Segments of the present edition; an edition that ended has none.
CREATE TABLE segments (
    video       TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    stream      TEXT NOT NULL,
    number      INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    init        INTEGER NOT NULL,
    PRIMARY KEY (video, stream, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
    id         TEXT PRIMARY KEY,
    video      TEXT NOT NULL UNIQUE REFERENCES videos (id) ON DELETE CASCADE,
    owner      TEXT NOT NULL,
    length     INTEGER,
    metadata   TEXT NOT NULL,
    room       TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    completed  INTEGER NOT NULL CHECK (completed IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_of_owner ON uploads (owner);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);

-- One for each video that is probed or transcoded. `claim` counts who had it: a lease is good only
-- with the present count.
CREATE TABLE jobs (
    id           TEXT PRIMARY KEY,
    video        TEXT NOT NULL UNIQUE REFERENCES videos (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    not_before   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    claim        INTEGER NOT NULL,
    worker       TEXT NOT NULL,
    leased_until INTEGER,
    checkpoint   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_age ON jobs (created_at);

-- Keys and prefixes of objects that nothing refers to any more.
CREATE TABLE doomed (
    key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
