-- What one node alone does for all, and which that is until when. Of no use to another installation.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until INTEGER NOT NULL
);
