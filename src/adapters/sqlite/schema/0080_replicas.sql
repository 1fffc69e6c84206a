-- What is known of an object's copies. replicated_at: it is in the second store since; verified_at:
-- every copy was read back and whole, 0: never; fault: '', 'damaged' (a store lacks a whole copy) or
-- 'lost' (every store does); not_before: somebody is at it until then, or tries again then.
ALTER TABLE objects ADD COLUMN replicated_at INTEGER;
ALTER TABLE objects ADD COLUMN verified_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE objects ADD COLUMN fault TEXT NOT NULL DEFAULT '';
ALTER TABLE objects ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
CREATE INDEX objects_to_replicate ON objects (created_at) WHERE replicated_at IS NULL;
CREATE INDEX objects_by_look ON objects (verified_at);
CREATE INDEX objects_with_fault ON objects (key) WHERE fault <> '';

-- How the present edition is made, as its job had it: so that what is lost can be made again. Empty
-- for films from before.
ALTER TABLE videos ADD COLUMN plan TEXT NOT NULL DEFAULT '';
