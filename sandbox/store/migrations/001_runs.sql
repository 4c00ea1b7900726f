-- A run a row; what it measured and its checkpoints as blobs, each with its CRC-32.

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,             -- ISO 8601, UTC
    updated TEXT NOT NULL,
    task TEXT NOT NULL,
    gap INTEGER,                       -- the value of the task's gap field
    seed INTEGER NOT NULL,
    step INTEGER NOT NULL,             -- of the latest checkpoint
    steps INTEGER NOT NULL,            -- to be taken in all
    seconds REAL NOT NULL,             -- of training
    begun TEXT NOT NULL,               -- the experiment at its first step, canonical JSON
    cells TEXT NOT NULL,               -- results by contestant's key, JSON
    parent TEXT,                       -- a fork's parent, and the step where it left it
    parent_step INTEGER,
    note TEXT NOT NULL DEFAULT '',
    star INTEGER NOT NULL DEFAULT 0,
    curve_bytes INTEGER NOT NULL DEFAULT 0,
    checkpoint_bytes INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 0,   -- 1 until whoever trains it lets go of it
    deleted TEXT                       -- when it was taken off the list
);

CREATE TABLE points (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    first INTEGER NOT NULL,            -- steps first to last
    last INTEGER NOT NULL,
    seconds REAL NOT NULL,             -- of training, by the last
    counts TEXT NOT NULL,              -- points of each contestant, JSON: {"lstm": 25}
    data BLOB NOT NULL,                -- float32, little-endian: loss, accuracy, norm of each
    crc INTEGER NOT NULL
);
CREATE INDEX points_of_run ON points (run, first);

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    event TEXT NOT NULL                -- JSON
);
CREATE INDEX events_of_run ON events (run, id);

CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    kept INTEGER NOT NULL,             -- 0: the latest, replaced by the next
    data BLOB NOT NULL,                -- safetensors
    crc INTEGER NOT NULL
);
CREATE UNIQUE INDEX checkpoints_of_run ON checkpoints (run, step);
