CREATE TABLE rooms (
    code          TEXT COLLATE "C" PRIMARY KEY,
    name          TEXT COLLATE "C" NOT NULL,
    owner         UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    control       TEXT COLLATE "C" NOT NULL,
    visibility    TEXT COLLATE "C" NOT NULL,
    hold          TEXT COLLATE "C" NOT NULL,
    capacity      BIGINT NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX rooms_of_owner ON rooms (owner);
CREATE INDEX rooms_public ON rooms (visibility, created_at);

-- Who was in a room, and what they are there.
CREATE TABLE room_members (
    room    TEXT COLLATE "C" NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role    TEXT COLLATE "C" NOT NULL CHECK (role IN ('owner', 'moderator', 'viewer')),
    since   BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (room, user_id)
);
CREATE INDEX room_members_of_user ON room_members (user_id, seen_at);

CREATE TABLE bans (
    id         UUID PRIMARY KEY,
    room       TEXT COLLATE "C" NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    user_id    UUID REFERENCES users (id) ON DELETE SET NULL,
    address    TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    made_by    TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    until      BIGINT
);
CREATE INDEX bans_of_room ON bans (room, created_at);
CREATE INDEX bans_of_user ON bans (user_id);
