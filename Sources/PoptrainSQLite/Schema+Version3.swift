// Version 3: what a reader would have to look for in all of history stands beside the population.
extension Schema {
  static let beginnings = """
    -- The decision with which its present model began: to join, to copy weights, or to start afresh.
    ALTER TABLE members ADD COLUMN beginning INTEGER NOT NULL DEFAULT 0;
    UPDATE members SET beginning = (
      SELECT sequence FROM decisions WHERE member = members.id
        AND (ordinal = 0 OR result IN ('fresh', 'retire') OR inherits IN ('both', 'weights'))
      ORDER BY ordinal DESC LIMIT 1
    );

    -- Intervals of training that have ended since, but for those that were stopped half-way.
    ALTER TABLE run ADD COLUMN intervals_since_best INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run ADD COLUMN intervals_since_restart INTEGER NOT NULL DEFAULT 0;
    UPDATE run SET
      intervals_since_best = (
        SELECT count(*) FROM intervals
        WHERE kind = 'train' AND outcome <> 'partial' AND sequence > coalesce(run.best, 0)
      ),
      intervals_since_restart = (
        SELECT count(*) FROM intervals
        WHERE kind = 'train' AND outcome <> 'partial'
          AND sequence > (SELECT coalesce(max(sequence), 0) FROM events WHERE kind = 'restarted')
      );
    """
}
