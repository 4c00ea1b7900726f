-- What is held in a run's nets in the pictures, as texts by net, JSON: {"lstm": "forget=1"}.

ALTER TABLE runs ADD COLUMN held TEXT NOT NULL DEFAULT '{}';
