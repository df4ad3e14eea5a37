/// The members with which one competes, ranked: 0 is the best.
///
/// Only members with a score of their own are ranked. What breaks fewer requirements is better, then what has the
/// higher score; equal scores are ordered by the random number that was stored with them. Where the rules name several
/// objectives, dominance takes the place of the score (Dushatskiy et al. 2023, MO-PBT).
public struct Ranking: Sendable {
  /// One that is ranked.
  public struct Entry: Hashable, Sendable, Comparable {
    /// The member.
    public let member: Member.ID
    /// The score by which it is ranked.
    public let score: Double
    /// The further objectives, higher is better.
    let objectives: [Double]
    let violation: Double
    let tie: UInt64

    init(_ member: Member.ID, _ published: Published) {
      self.member = member
      score = published.score
      objectives = published.objectives
      violation = published.violation
      tie = published.tie
    }

    /// What a member was when it had this score, with the number that orders it now.
    init(_ member: Member.ID, _ scored: Scored, tie: UInt64) {
      self.member = member
      score = scored.score
      objectives = scored.objectives
      violation = scored.violation
      self.tie = tie
    }

    /// Whether only chance orders them.
    func isTied(with other: Entry) -> Bool {
      score == other.score && violation == other.violation && objectives == other.objectives
    }

    /// Orders the better before the worse where the score decides.
    public static func < (left: Entry, right: Entry) -> Bool {
      if left.violation != right.violation { return left.violation < right.violation }
      return (right.score, right.tie, right.member) < (left.score, left.tie, left.member)
    }
  }

  /// The members by rank.
  public let entries: [Entry]
  /// Whether the score decides, and not dominance.
  let isByScore: Bool

  init(byScore entries: SortedArray<Entry>) {
    self.entries = entries.elements
    isByScore = true
  }

  init(byDominance entries: [Entry]) {
    self.entries = ParetoRanking(entries).order
    isByScore = false
  }

  /// How many are ranked.
  public var count: Int { entries.count }

  /// The entry of a rank.
  public subscript(rank: Int) -> Entry { entries[rank] }

  /// The rank of an entry: how many are before it. O(log n), O(n) where dominance decides.
  public func rank(of entry: Entry) -> Int {
    isByScore ? entries.position(ofSorted: entry) : entries.firstIndex(of: entry) ?? count
  }

  /// The score of a rank, where it says who is of a better rank.
  func threshold(_ rank: Int) -> Double? { isByScore ? entries[rank].score : nil }
}
