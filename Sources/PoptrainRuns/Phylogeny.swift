package import PopulationBasedTraining
internal import PoptrainStore

/// Who descends from whom: the lines of models from those that joined to those that live now.
package struct Phylogeny: Sendable {
  /// A member's slot from one copy to the next: one model under one name.
  package final class Line: Sendable {
    /// The slot.
    package let member: Member.ID
    /// The age at which it began: 0, or the age of the copied checkpoint.
    package let startAge: Int
    /// The age that it reached.
    package let endAge: Int
    /// Whether its model is the one that the member has now.
    package let isAlive: Bool
    /// The score that was copied, for a line that began with a copy.
    package let copiedScore: Double?
    /// The lines that were copied from it and have living descendants, in the order of the copies.
    package let children: [Line]

    init(member: Member.ID, startAge: Int, endAge: Int, isAlive: Bool, copiedScore: Double?, children: [Line]) {
      self.member = member
      self.startAge = startAge
      self.endAge = endAge
      self.isAlive = isAlive
      self.copiedScore = copiedScore
      self.children = children
      living = children.reduce(isAlive ? 1 : 0) { $0 + $1.living }
    }

    /// How many members live from it, itself among them.
    package let living: Int
  }

  /// The lines that began fresh and have living descendants, the one with the most first.
  package let roots: [Line]
  /// Every copy in order.
  package let copies: [Decision]
}

extension RecordedRun {
  /// Reads who descends from whom.
  package func phylogeny() throws(RunError) -> Phylogeny {
    struct Open {
      var member: Member.ID
      var startAge: Int
      var endAge: Int
      var copiedScore: Double?
      var children: [Int] = []
    }
    var lines: [Open] = []
    var current: [Member.ID: Int] = [:]
    var lineOfInterval: [Int: Int] = [:]
    var copies: [Decision] = []
    var roots: [Int] = []
    func begin(_ line: Open) -> Int {
      lines.append(line)
      current[line.member] = lines.count - 1
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
            let child = begin(
              Open(member: decision.member, startAge: donor.age, endAge: donor.age, copiedScore: donor.score))
            if let parent = lineOfInterval[donor.sequence] { lines[parent].children.append(child) }
          } else if decision.ordinal == 0 || decision.result == .fresh {
            roots.append(begin(Open(member: decision.member, startAge: 0, endAge: 0)))
          }
        case .interval(let interval):
          guard let line = current[interval.member] else { continue }
          lines[line].endAge = interval.endAge
          lineOfInterval[interval.sequence] = line
        default: break
        }
      }
    }

    let alive = Set(current.values)
    // A line is begun after its parent, so from the last to the first every child is closed before its parent.
    var closed: [Int: Phylogeny.Line] = [:]
    for index in lines.indices.reversed() {
      let line = lines[index]
      closed[index] = Phylogeny.Line(
        member: line.member, startAge: line.startAge, endAge: line.endAge, isAlive: alive.contains(index),
        copiedScore: line.copiedScore,
        children: line.children.compactMap { closed[$0] }.filter { $0.living > 0 })
    }
    return Phylogeny(
      roots: roots.compactMap { closed[$0] }.filter { $0.living > 0 }.sorted { $0.living > $1.living }, copies: copies)
  }
}
