-- The database of a run, population.sqlite, as this version makes it. A test keeps this file true.

CREATE TABLE attempts (
  sequence INTEGER PRIMARY KEY,
  member INTEGER NOT NULL,
  number INTEGER NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  log_tail TEXT NOT NULL,
  token TEXT NOT NULL,
  worker TEXT NOT NULL,
  log_file TEXT, log_from INTEGER, log_to INTEGER,
  at REAL NOT NULL
);

CREATE TABLE collections (
  sequence INTEGER PRIMARY KEY,
  checkpoint TEXT NOT NULL UNIQUE
);

CREATE TABLE decisions (
  sequence INTEGER PRIMARY KEY,
  member INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  saw INTEGER NOT NULL,               -- the sequence that the compared population had seen
  result TEXT NOT NULL,               -- joined, stay, inherit, fresh, fail
  reason TEXT NOT NULL,
  rule TEXT NOT NULL,                 -- names and versions
  stream TEXT NOT NULL,               -- what its random streams are named by
  own_score REAL,
  threshold REAL,
  donor INTEGER, donor_sequence INTEGER, donor_checkpoint TEXT, donor_age INTEGER, donor_score REAL,
  hyperparameters TEXT NOT NULL, inherits TEXT,      -- of the next interval, JSON object
  UNIQUE (member, ordinal)
);

CREATE TABLE evaluations (
  interval INTEGER NOT NULL REFERENCES intervals (sequence),
  position INTEGER NOT NULL,
  age INTEGER NOT NULL,
  metrics TEXT NOT NULL,
  PRIMARY KEY (interval, position)
) WITHOUT ROWID;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  at REAL NOT NULL                    -- seconds since 1970
);

CREATE TABLE "intervals" (
  sequence INTEGER PRIMARY KEY,
  member INTEGER NOT NULL,
  number INTEGER NOT NULL,            -- of this member, from 1
  kind TEXT NOT NULL,                 -- train, evaluate
  outcome TEXT NOT NULL,              -- completed, partial, diverged, invalid, forfeited
  start_checkpoint TEXT,              -- NULL: fresh
  end_checkpoint TEXT,                -- NULL: nothing was saved; of an evaluation: where it started from
  start_steps INTEGER NOT NULL,       -- steps that the member had trained before
  steps INTEGER NOT NULL,             -- steps of this interval
  start_age INTEGER NOT NULL,         -- steps that the model had trained before, along its lineage
  end_age INTEGER NOT NULL,
  hyperparameters TEXT NOT NULL,      -- in force, JSON object
  score REAL,                         -- higher is better; NULL: no finite metric
  selection REAL,                     -- what selection compares: made of the score window; NULL: not completed
  start_selection REAL,               -- the same of the model before; NULL: never scored
  tie INTEGER NOT NULL,               -- orders equal scores
  metrics TEXT NOT NULL,              -- as reported, JSON object
  seed INTEGER NOT NULL,
  token TEXT UNIQUE,                  -- the lease
  worker TEXT NOT NULL,
  message TEXT,
  log_file TEXT, log_from INTEGER, log_to INTEGER,
  started_at REAL NOT NULL,           -- seconds since 1970
  finished_at REAL NOT NULL, total_steps INTEGER,
  UNIQUE (member, number)
);

CREATE TABLE leases (
  token TEXT PRIMARY KEY,
  member INTEGER NOT NULL UNIQUE,
  worker TEXT NOT NULL,
  checkpoint TEXT NOT NULL            -- the name reserved for what it saves
) WITHOUT ROWID;

CREATE TABLE members (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL,                -- ready, leased, due, done, failed
  steps INTEGER NOT NULL,
  age INTEGER NOT NULL,
  checkpoint TEXT,                    -- that its next interval starts from
  hyperparameters TEXT NOT NULL,      -- of its next interval
  published INTEGER,                  -- the interval that others may copy
  intervals INTEGER NOT NULL,
  decisions INTEGER NOT NULL,
  failures INTEGER NOT NULL           -- failed attempts at the present interval
, next TEXT NOT NULL DEFAULT 'train', start_selection REAL, restarts INTEGER NOT NULL DEFAULT 0, beginning INTEGER NOT NULL DEFAULT 0, last_outcome TEXT);

CREATE TABLE run (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,          -- the last one used
  best INTEGER,                       -- the interval with the best score so far
  completed_intervals INTEGER NOT NULL
, intervals_since_best INTEGER NOT NULL DEFAULT 0, intervals_since_restart INTEGER NOT NULL DEFAULT 0, first_scored_age INTEGER);

CREATE VIEW best_schedule AS
  WITH RECURSIVE line (sequence, start_checkpoint) AS (
    SELECT t.sequence, t.start_checkpoint FROM run JOIN intervals i ON i.sequence = run.best
    JOIN intervals t ON t.end_checkpoint = i.end_checkpoint AND t.kind = 'train'
    UNION ALL
    SELECT i.sequence, i.start_checkpoint
    FROM line JOIN intervals i ON i.end_checkpoint = line.start_checkpoint AND i.kind = 'train'
  )
  SELECT i.start_age, i.end_age, i.member, i.score, i.hyperparameters
  FROM line JOIN intervals i USING (sequence) ORDER BY i.start_age;

CREATE VIEW copies AS
  SELECT sequence, member, ordinal, donor, inherits, own_score, donor_score, donor_checkpoint, donor_age,
         hyperparameters
  FROM decisions WHERE result = 'inherit' ORDER BY sequence;

CREATE VIEW failures AS
  SELECT sequence, member, number, reason, message FROM attempts
  UNION ALL
  SELECT sequence, member, number, outcome, message FROM intervals
  WHERE outcome NOT IN ('completed', 'partial', 'unscored')
  ORDER BY 1;

CREATE VIEW hyperparameters AS
  SELECT i.sequence, i.member, i.number, i.start_age, i.end_age, h.key AS name, h.value
  FROM intervals i, json_each(i.hyperparameters) h WHERE i.kind = 'train';

CREATE VIEW lineage AS
  SELECT i.sequence, i.member, i.number, i.kind, i.start_age, i.end_age, i.score,
         p.sequence AS parent, p.member AS parent_member, p.number AS parent_number
  FROM intervals i LEFT JOIN intervals p ON p.end_checkpoint = i.start_checkpoint AND p.kind = 'train';

CREATE VIEW population AS
  SELECT m.id AS member, m.state, m.steps, m.age, i.selection AS score, i.metrics, m.hyperparameters, m.checkpoint
  FROM members m LEFT JOIN intervals i ON i.sequence = m.published
  ORDER BY i.selection DESC, i.tie DESC, m.id DESC;

CREATE VIEW present_checkpoints AS
  SELECT end_checkpoint AS checkpoint, member, number, end_age AS age, score FROM intervals
  WHERE kind = 'train' AND end_checkpoint IS NOT NULL
    AND end_checkpoint NOT IN (SELECT checkpoint FROM collections);

CREATE UNIQUE INDEX trained_checkpoints ON intervals (end_checkpoint) WHERE kind = 'train';
