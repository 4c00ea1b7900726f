-- How much space runs may take, and which of them keep all checkpoints since they were exported.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

ALTER TABLE runs ADD COLUMN exported INTEGER NOT NULL DEFAULT 0;
