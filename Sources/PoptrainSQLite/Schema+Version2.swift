// Version 2: intervals that only evaluate end with the checkpoint that they started from, selection compares a window of
// evaluations, a decision says what it inherits, and populations begin again.
extension Schema {
  static let evaluations = """
    DROP VIEW present_checkpoints;
    DROP VIEW failures;
    DROP VIEW best_schedule;
    DROP VIEW hyperparameters;
    DROP VIEW lineage;
    DROP VIEW copies;
    DROP VIEW population;

    -- One stretch of training of one member, or one evaluation of a copy.
    CREATE TABLE new_intervals (
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
      finished_at REAL NOT NULL,
      UNIQUE (member, number)
    );
    INSERT INTO new_intervals
      SELECT i.sequence, i.member, i.number, i.kind, i.outcome, i.start_checkpoint, i.end_checkpoint, i.start_steps,
             i.steps, i.start_age, i.end_age, i.hyperparameters, i.score,
             iif(i.outcome = 'completed', i.score, NULL), p.score, i.tie, i.metrics, i.seed, i.token, i.worker,
             i.message, i.log_file, i.log_from, i.log_to, i.started_at, i.finished_at
      FROM intervals i LEFT JOIN intervals p ON p.end_checkpoint = i.start_checkpoint;
    DROP TABLE intervals;
    ALTER TABLE new_intervals RENAME TO intervals;
    CREATE UNIQUE INDEX trained_checkpoints ON intervals (end_checkpoint) WHERE kind = 'train';

    -- What was copied of the donor: both, weights, hyperparameters; NULL: nothing.
    ALTER TABLE decisions ADD COLUMN inherits TEXT;
    UPDATE decisions SET inherits = 'both' WHERE result = 'inherit';

    -- What the next interval does: train, evaluate.
    ALTER TABLE members ADD COLUMN next TEXT NOT NULL DEFAULT 'train';
    -- What selection compared for the model that it starts from.
    ALTER TABLE members ADD COLUMN start_selection REAL;
    -- The last restart of the population that it has followed.
    ALTER TABLE members ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
    UPDATE members SET start_selection = (
      SELECT score FROM intervals WHERE kind = 'train' AND end_checkpoint = members.checkpoint);
    """

  static let evaluationViews = """
    -- Members with their latest published score, the best first.
    CREATE VIEW population AS
      SELECT m.id AS member, m.state, m.steps, m.age, i.selection AS score, i.metrics, m.hyperparameters, m.checkpoint
      FROM members m LEFT JOIN intervals i ON i.sequence = m.published
      ORDER BY i.selection DESC, i.tie DESC, m.id DESC;

    -- Who copied whom, and what: both, weights, hyperparameters.
    CREATE VIEW copies AS
      SELECT sequence, member, ordinal, donor, inherits, own_score, donor_score, donor_checkpoint, donor_age,
             hyperparameters
      FROM decisions WHERE result = 'inherit' ORDER BY sequence;

    -- Each interval with the one that trained the checkpoint from which it started.
    CREATE VIEW lineage AS
      SELECT i.sequence, i.member, i.number, i.kind, i.start_age, i.end_age, i.score,
             p.sequence AS parent, p.member AS parent_member, p.number AS parent_number
      FROM intervals i LEFT JOIN intervals p ON p.end_checkpoint = i.start_checkpoint AND p.kind = 'train';

    -- One row for each hyperparameter of each interval of training.
    CREATE VIEW hyperparameters AS
      SELECT i.sequence, i.member, i.number, i.start_age, i.end_age, h.key AS name, h.value
      FROM intervals i, json_each(i.hyperparameters) h WHERE i.kind = 'train';

    -- The schedule of the best model: its hyperparameters by age.
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

    -- What went wrong.
    CREATE VIEW failures AS
      SELECT sequence, member, number, reason, message FROM attempts
      UNION ALL
      SELECT sequence, member, number, outcome, message FROM intervals WHERE outcome NOT IN ('completed', 'partial')
      ORDER BY 1;

    -- Checkpoints whose files exist.
    CREATE VIEW present_checkpoints AS
      SELECT end_checkpoint AS checkpoint, member, number, end_age AS age, score FROM intervals
      WHERE kind = 'train' AND end_checkpoint IS NOT NULL
        AND end_checkpoint NOT IN (SELECT checkpoint FROM collections);
    """
}
