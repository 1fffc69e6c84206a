CREATE TABLE rooms (
    code          TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    owner         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    control       TEXT NOT NULL,
    visibility    TEXT NOT NULL,
    hold          TEXT NOT NULL,
    capacity      INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rooms_of_owner ON rooms (owner);
CREATE INDEX rooms_public ON rooms (visibility, created_at);

-- Who was in a room, and what they are there.
CREATE TABLE room_members (
    room    TEXT NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role    TEXT NOT NULL CHECK (role IN ('owner', 'moderator', 'viewer')),
    since   INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (room, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_members_of_user ON room_members (user_id, seen_at);

CREATE TABLE bans (
    id         TEXT PRIMARY KEY,
    room       TEXT NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    user_id    TEXT REFERENCES users (id) ON DELETE SET NULL,
    address    TEXT NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    until      INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX bans_of_room ON bans (room, created_at);
CREATE INDEX bans_of_user ON bans (user_id);
