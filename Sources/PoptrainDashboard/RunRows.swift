internal import PopulationBasedTraining
internal import PoptrainRuns
internal import PoptrainStore

/// The intervals of a run as columns, in the order of history, with the sets of hyperparameters that were in force.
struct RunRows: Sendable {
  /// A score with which a member was compared.
  struct Scored: Sendable {
    let row: Int
    let selection: Double
  }

  private var startAge = Column("startAge", .f64)
  private(set) var endAge = Column("endAge", .f64)
  private var startSteps = Column("startSteps", .f64)
  private(set) var score = Column("score", .f64)
  private var startedAt = Column("startedAt", .f64)
  private var finishedAt = Column("finishedAt", .f64)
  private var member = Column("member", .u32)
  private(set) var parent = Column("parent", .i32)
  private var value = Column("value", .u32)
  private var flags = Column("flags", .u8)
  private var values: [Column]

  private var sequences: [Int] = []
  private var members: [Member.ID] = []
  /// What each member has published.
  private(set) var scored: [Member.ID: [Scored]] = [:]
  private let space: Space
  private let scales: [HyperparameterScale]

  init(_ space: Space) {
    self.space = space
    scales = space.hyperparameters.map(HyperparameterScale.init)
    values = scales.map { Column("value:\($0.name)", .f64) }
  }

  /// How many intervals there are.
  var count: Int { sequences.count }

  /// How many sets of hyperparameters there are.
  private(set) var valueCount = 0

  mutating func append(_ page: HistoryPage, in run: RecordedRun) {
    for set in page.newValues {
      for (column, scale) in scales.enumerated() { values[column].append(scale.number(set[scale.name])) }
    }
    valueCount += page.newValues.count
    for point in page.points { append(point, in: run) }
  }

  private mutating func append(_ point: HistoryPage.Point, in run: RecordedRun) {
    let row = count
    let origin = point.parent.flatMap(row(of:))
    let copies = origin.map { members[$0] != point.member } ?? false
    startAge.append(Double(point.startAge))
    endAge.append(Double(point.endAge))
    startSteps.append(Double(point.startSteps))
    score.append(point.score.map(run.metric) ?? .nan)
    startedAt.append(point.startedAt)
    finishedAt.append(point.finishedAt)
    member.append(UInt32(clamping: point.member))
    parent.append(Int32(clamping: origin ?? -1))
    value.append(UInt32(clamping: point.values))
    flags.append(
      point.outcome.wireNumber | (point.kind == .evaluate ? 1 << 4 : 0) | (copies ? 1 << 5 : 0))
    sequences.append(point.sequence)
    members.append(point.member)
    if let selection = point.selection, point.outcome == .completed {
      scored[point.member, default: []].append(Scored(row: row, selection: selection))
    }
  }

  /// The row of the interval with this sequence. O(log n).
  func row(of sequence: Int) -> Int? {
    let position = firstRow(after: sequence - 1)
    return position < count && sequences[position] == sequence ? position : nil
  }

  /// The first row with a larger sequence. O(log n).
  func firstRow(after sequence: Int) -> Int { sequences.partition(where: { $0 <= sequence }) }

  /// All columns of rows, those with the widest numbers first.
  var columns: [Column] {
    [startAge, endAge, startSteps, score, startedAt, finishedAt, member, parent, value, flags]
  }

  /// The columns of the sets of hyperparameters.
  var valueColumns: [Column] { values }
}

extension RandomAccessCollection where Index == Int {
  /// The first position at which something does not hold that holds for all before. O(log n).
  func partition(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Interval.Outcome {
  /// What it is called in a column.
  fileprivate var wireNumber: UInt8 {
    switch self {
    case .completed: 0
    case .partial: 1
    case .unscored: 2
    case .diverged: 3
    case .invalid: 4
    case .forfeited: 5
    }
  }
}
