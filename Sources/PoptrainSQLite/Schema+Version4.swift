// Version 4: what trainers were told their budget is, and what has to be known of scores that are not there yet.
extension Schema {
  static let outcomes = """
    -- What the trainer was told the budget of a member is, in steps; NULL: it was trained by an older version.
    ALTER TABLE intervals ADD COLUMN total_steps INTEGER;

    -- How the last interval of a member ended; NULL: it has had none. `outcome` may also be unscored: trained, but not
    -- measured yet.
    ALTER TABLE members ADD COLUMN last_outcome TEXT;
    UPDATE members SET last_outcome = (
      SELECT outcome FROM intervals WHERE member = members.id AND number = members.intervals
    );

    -- The least age at which a model has had a score; NULL: none has.
    ALTER TABLE run ADD COLUMN first_scored_age INTEGER;
    UPDATE run SET first_scored_age = (SELECT min(end_age) FROM intervals WHERE score IS NOT NULL);

    DROP VIEW failures;

    -- What went wrong. That there is no score yet is nothing wrong.
    CREATE VIEW failures AS
      SELECT sequence, member, number, reason, message FROM attempts
      UNION ALL
      SELECT sequence, member, number, outcome, message FROM intervals
      WHERE outcome NOT IN ('completed', 'partial', 'unscored')
      ORDER BY 1;
    """
}
