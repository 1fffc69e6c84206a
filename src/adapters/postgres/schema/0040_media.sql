-- The film library. `owner` is no foreign key: an account that goes leaves videos behind whose
-- objects must be removed first.
CREATE TABLE videos (
    id             UUID PRIMARY KEY,
    owner          UUID NOT NULL,
    title          TEXT COLLATE "C" NOT NULL,
    status         TEXT COLLATE "C" NOT NULL
        CHECK (status IN ('uploading', 'probing', 'transcoding', 'ready', 'failed')),
    error_code     TEXT COLLATE "C",
    error_message  TEXT COLLATE "C",
    created_at     BIGINT NOT NULL,
    size           BIGINT NOT NULL,
    original_kept  BOOLEAN NOT NULL,
    edition        BIGINT NOT NULL,
    duration       DOUBLE PRECISION NOT NULL,
    width          BIGINT NOT NULL,
    height         BIGINT NOT NULL,
    frame_rate     DOUBLE PRECISION NOT NULL,
    progress       DOUBLE PRECISION NOT NULL,
    playable_until DOUBLE PRECISION NOT NULL,
    eta_seconds    BIGINT,
    has_poster     BOOLEAN NOT NULL,
    has_sprite     BOOLEAN NOT NULL,
    CHECK ((status = 'failed') = (error_code IS NOT NULL))
);
CREATE INDEX videos_of_owner ON videos (owner, created_at);
CREATE INDEX videos_by_age ON videos (created_at);

CREATE TABLE renditions (
    video           UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    position        BIGINT NOT NULL,
    stream          TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    width           BIGINT NOT NULL,
    height          BIGINT NOT NULL,
    frame_rate      DOUBLE PRECISION NOT NULL,
    bits_per_second BIGINT NOT NULL,
    codecs          TEXT COLLATE "C" NOT NULL,
    remuxed         BOOLEAN NOT NULL,
    PRIMARY KEY (video, position),
    UNIQUE (video, stream)
);

CREATE TABLE audio_tracks (
    video           UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    position        BIGINT NOT NULL,
    stream          TEXT COLLATE "C" NOT NULL,
    language        TEXT COLLATE "C" NOT NULL,
    title           TEXT COLLATE "C" NOT NULL,
    channels        BIGINT NOT NULL,
    is_default      BOOLEAN NOT NULL,
    bits_per_second BIGINT NOT NULL,
    codecs          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (video, position),
    UNIQUE (video, stream)
);

CREATE TABLE subtitles (
    video      UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    id         TEXT COLLATE "C" NOT NULL,
    position   BIGINT NOT NULL,
    language   TEXT COLLATE "C" NOT NULL,
    title      TEXT COLLATE "C" NOT NULL,
    source     TEXT COLLATE "C" NOT NULL CHECK (source IN ('embedded', 'uploaded')),
    is_default BOOLEAN NOT NULL,
    forced     BOOLEAN NOT NULL,
    PRIMARY KEY (video, id)
);

-- Segments of the present edition; an edition that ended has none.
CREATE TABLE segments (
    video       UUID NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    stream      TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    init        BIGINT NOT NULL,
    PRIMARY KEY (video, stream, number)
);

CREATE TABLE uploads (
    id         UUID PRIMARY KEY,
    video      UUID NOT NULL UNIQUE REFERENCES videos (id) ON DELETE CASCADE,
    owner      UUID NOT NULL,
    length     BIGINT,
    metadata   TEXT COLLATE "C" NOT NULL,
    room       TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    completed  BOOLEAN NOT NULL
);
CREATE INDEX uploads_of_owner ON uploads (owner);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);

-- One for each video that is probed or transcoded. `claim` counts who had it: a lease is good only
-- with the present count.
CREATE TABLE jobs (
    id           UUID PRIMARY KEY,
    video        UUID NOT NULL UNIQUE REFERENCES videos (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    not_before   BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    claim        BIGINT NOT NULL,
    worker       TEXT COLLATE "C" NOT NULL,
    leased_until BIGINT,
    checkpoint   TEXT COLLATE "C" NOT NULL
);
CREATE INDEX jobs_by_age ON jobs (created_at);

-- Keys and prefixes of objects that nothing refers to any more.
CREATE TABLE doomed (
    key TEXT COLLATE "C" PRIMARY KEY
);
