/// The steps between two moments at which a member is ready.
public enum IntervalLength: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Always the same.
  case every(Int)
  /// It changes in a straight line from the first step of the budget to the last: long at first, then short, as in Wan et
  /// al. 2022 (BG-PBT), or the other way round.
  case linear(from: Int, to: Int)
  /// One after the other; the last goes on.
  case listed([Int])

  /// Always the same.
  public init(integerLiteral value: Int) { self = .every(value) }

  /// The same lengths, none of them above a limit.
  public func atMost(_ limit: Int) -> IntervalLength {
    switch self {
    case .every(let length): .every(min(length, limit))
    case .linear(let first, let last): .linear(from: min(first, limit), to: min(last, limit))
    case .listed(let lengths): .listed(lengths.map { min($0, limit) })
    }
  }

  /// The length of the interval that begins at `steps` of a budget; `number` counts from 0.
  private func length(at steps: Int, of budget: Int, number: Int) -> Int {
    switch self {
    case .every(let length): return length
    case .listed(let lengths): return lengths[min(number, lengths.count - 1)]
    case .linear(let first, let last):
      let part = min(Double(steps) / Double(budget), 1)
      return max(1, Int((Double(first) + part * Double(last - first)).rounded()))
    }
  }

  /// The ready moments around a count of steps: how many are not after it, and when the next one is. O(1) for one length,
  /// O(list) for a list, otherwise O(number of moments).
  func moments(until steps: Int, of budget: Int) -> (passed: Int, next: Int) {
    if case .every(let length) = self { return (steps / length, (steps / length + 1) * length) }
    if case .listed(let lengths) = self, let last = lengths.last {
      let listed = lengths.reduce(0, +)
      if steps >= listed {
        return (lengths.count + (steps - listed) / last, listed + ((steps - listed) / last + 1) * last)
      }
    }
    var passed = 0
    var next = length(at: 0, of: budget, number: 0)
    while next <= steps {
      if next >= budget {
        // From here on the length stays the same.
        let length = length(at: budget, of: budget, number: passed)
        let more = (steps - next) / length + 1
        return (passed + more, next + more * length)
      }
      passed += 1
      next += length(at: next, of: budget, number: passed)
    }
    return (passed, next)
  }
}

extension Rules {
  /// Where a member that has trained `steps` is ready next: at the next moment that ``interval`` names, counted from its
  /// first step, or at the end of its budget. A partial interval thus does not move it, nor does a rollout that
  /// overshoots.
  ///
  /// Jaderberg et al. 2017, section 3: a member is ready when enough steps have passed since it was last ready.
  public func nextReady(after steps: Int) -> Int {
    min(interval.moments(until: steps, of: self.steps).next, self.steps)
  }

  /// The steps of a member's next interval: none for an evaluation, otherwise up to its next ready moment, or to the age at
  /// which a scheduled value, or what the trainer is told of its budget, changes.
  public func stepsOfNextInterval(of member: Member) -> Int {
    member.next == .train ? stepsOfTraining(after: member.steps, age: member.age) : 0
  }

  /// The steps of an interval of training of a member that has trained `steps`, with a model of this age.
  public func stepsOfTraining(after steps: Int, age: Int) -> Int {
    let length = nextReady(after: steps) - steps
    let changes = [space.nextChange(after: age), totalSteps?.nextChange(after: age)].compactMap(\.self)
    return changes.reduce(length) { min($0, $1 - age) }
  }

  /// How many ready moments a member that has trained `steps` has passed.
  func readyMoments(until steps: Int) -> Int {
    interval.moments(until: steps, of: self.steps).passed
  }

  /// How many intervals a member trains for its budget.
  public var intervalsPerMember: Int {
    steps <= 0 ? 0 : readyMoments(until: steps - 1) + 1
  }
}
