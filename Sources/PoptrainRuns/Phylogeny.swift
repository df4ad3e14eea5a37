package import PopulationBasedTraining
internal import PoptrainStore

/// Who descends from whom: the lines of models from those that joined to those that live now.
package struct Phylogeny: Sendable {
  /// A member's slot from one copy to the next: one model under one name.
  package struct Line: Sendable {
    /// The slot.
    package let member: Member.ID
    /// The age at which it began: 0, or the age of the copied checkpoint.
    package let startAge: Int
    /// The score that was copied, for a line that began with a copy.
    package let copiedScore: Double?
    /// The age that it reached.
    package fileprivate(set) var endAge: Int
    /// Whether its model is the one that the member has now.
    package fileprivate(set) var isAlive = false
    /// How many members live from it, itself among them.
    package fileprivate(set) var living = 0
    /// The lines that were copied from it and have living descendants, in the order of the copies.
    package fileprivate(set) var children: [Int] = []
  }

  /// All lines. One is after the line from which it was copied.
  package let lines: [Line]
  /// The lines that began fresh and have living descendants, the one with the most first.
  package let roots: [Int]
  /// Every copy in order.
  package let copies: [Decision]
}

extension RecordedRun {
  /// Reads who descends from whom.
  package func phylogeny() throws(RunError) -> Phylogeny {
    var lines: [Phylogeny.Line] = []
    var current: [Member.ID: Int] = [:]
    var lineOfInterval: [Int: Int] = [:]
    var copies: [Decision] = []
    var roots: [Int] = []
    func begin(_ member: Member.ID, at age: Int, _ copiedScore: Double? = nil) -> Int {
      current[member] = lines.count
      lines.append(Phylogeny.Line(member: member, startAge: age, copiedScore: copiedScore, endAge: age))
      return lines.count - 1
    }

    var pages = pages()
    while let records = try pages.next() {
      for record in records {
        switch record {
        case .decision(let decision):
          if decision.result == .retire { current[decision.member] = nil }
          if let donor = decision.result.donor, donor.inherits.includesWeights {
            copies.append(decision)
            let child = begin(decision.member, at: donor.age, donor.score)
            if let parent = lineOfInterval[donor.sequence] { lines[parent].children.append(child) }
          } else if decision.ordinal == 0 || decision.result == .fresh {
            roots.append(begin(decision.member, at: 0))
          }
        case .interval(let interval):
          guard let line = current[interval.member] else { continue }
          lines[line].endAge = interval.endAge
          lineOfInterval[interval.sequence] = line
        default: break
        }
      }
    }

    for line in current.values { lines[line].isAlive = true }
    // A line is after its parent, so from the last to the first every child is counted before its parent.
    for line in lines.indices.reversed() {
      let children = lines[line].children.filter { lines[$0].living > 0 }
      lines[line].children = children
      lines[line].living = children.reduce(lines[line].isAlive ? 1 : 0) { $0 + lines[$1].living }
    }
    return Phylogeny(
      lines: lines, roots: roots.filter { lines[$0].living > 0 }.sorted { lines[$0].living > lines[$1].living },
      copies: copies)
  }
}
