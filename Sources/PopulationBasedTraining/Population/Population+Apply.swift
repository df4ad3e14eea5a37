extension Population {
  /// Applies the next record of history: the one with the next sequence.
  ///
  /// O(log n) comparisons for n members, and O(n) where an engine starts or a member joins those at work.
  public mutating func apply(_ record: HistoryRecord) {
    sequence = record.sequence
    switch record {
    case .interval(let interval): apply(interval)
    case .decision(let decision): apply(decision)
    case .attempt(let attempt): change(attempt.member) { $0.failures += 1 }
    case .event(let event): apply(event)
    case .collection: break
    }
  }

  /// Goes on under other rules, from the record that was applied last: with a larger budget members that were done decide
  /// now. Nobody may be leased.
  public mutating func revise(_ rules: Rules) {
    if members.isEmpty { strata = Strata(rules) }
    self.rules = rules
    earlyEnding = nil
    remembered = (rules.scoresRemembered, rules.observationsRemembered)
    for member in members {
      change(member.id) { member in
        switch member.state {
        case .done where member.steps < rules.steps: member.state = .due
        case .ready where member.steps >= rules.steps, .due where member.steps >= rules.steps: member.state = .done
        default: break
        }
      }
    }
  }

  /// Marks a member as taken by a worker, or as given back. Leases are no part of history.
  public mutating func setLeased(_ id: Member.ID, _ isLeased: Bool) {
    change(id) { $0.state = isLeased ? .leased : .ready }
  }

  private mutating func apply(_ event: Event) {
    switch event.what {
    case .started:
      for member in members where member.failures > 0 { change(member.id) { $0.failures = 0 } }
    case .restarted:
      restarts += 1
      intervalsSinceRestart = 0
    case .ended(let ending): earlyEnding = ending
    case .created, .revised, .overridden, .program, .warning: break
    }
  }

  private mutating func apply(_ interval: Interval) {
    let published = rules.published(by: interval)
    let (rules, remembered) = (rules, remembered)
    change(interval.member) { member in
      let isReady = rules.readyMoments(until: member.steps) < rules.readyMoments(until: member.steps + interval.steps)
      member.intervals += 1
      member.steps += interval.steps
      member.age = interval.endAge
      member.checkpoint = interval.end ?? interval.start
      member.failures = 0
      member.lastOutcome = interval.outcome
      member.next = .train
      let isMeasured = interval.outcome != .unscored && !(interval.outcome == .partial && interval.score == nil)
      if isMeasured { member.startSelection = interval.selection ?? interval.score }
      if interval.outcome == .partial {
        member.state = .ready
        return
      }
      if interval.outcome != .unscored { member.published = published }
      member.scoredAge = published?.age ?? member.scoredAge
      if let scored = rules.scored(by: interval) {
        member.scores = Array((member.scores + [scored]).suffix(remembered.scores))
      }
      if interval.kind == .evaluate {
        // However it went: what cannot be scored is trained, which counts against its budget.
        member.state = .ready
      } else if member.steps >= rules.steps {
        member.state = .done
      } else {
        member.state = isReady || member.published == nil ? .due : .ready
      }
    }
    if interval.kind == .train {
      if interval.end != nil { completedIntervals += 1 }
      // What was refused at once has trained nothing.
      if interval.outcome != .partial, !interval.isRefused {
        intervalsSinceBest += 1
        intervalsSinceRestart += 1
      }
      if remembered.observations > 0, let observation = Observation(interval) {
        observations = Array((observations + [observation]).suffix(remembered.observations))
      }
    }
    if interval.score != nil { firstScoredAge = min(firstScoredAge ?? .max, interval.endAge) }
    if let published, rules.isBest(published, before: best?.published) {
      if rules.isImprovement(published, on: best?.published) { intervalsSinceBest = 0 }
      best = Best(member: interval.member, published: published)
    }
  }

  private mutating func apply(_ decision: Decision) {
    guard decision.ordinal > 0 else { return join(decision) }
    let (evaluatesCopies, restarts) = (rules.evaluatesCopies, restarts)
    change(decision.member) { member in
      member.decisions = decision.ordinal
      member.hyperparameters = decision.hyperparameters
      if decision.result != .stay { member.restarts = restarts }
      switch decision.result {
      case .stay:
        member.state = .ready
      case .inherit(let donor):
        member.state = .ready
        guard donor.inherits.includesWeights else { return }
        member.reset(by: decision)
        member.origin = donor
        member.checkpoint = donor.checkpoint
        member.age = donor.age
        member.startSelection = donor.score
        member.scoredAge = donor.age
        member.next = evaluatesCopies ? .evaluate : .train
      case .fresh:
        member.state = .ready
        member.reset(by: decision)
      case .fail:
        member.state = .failed
        member.published = nil
      case .retire:
        member.state = .retired
        member.reset(by: decision)
      }
    }
  }

  /// A member joins. One that joins a population at work is as far as the least advanced of those that train, and decides
  /// at once: having no score, it copies. Where nobody copies it trains the whole budget.
  private mutating func join(_ decision: Decision) {
    precondition(decision.member == members.count, "members join in the order of their ids")
    let copies = scoredCount > 0 && !ExploitRules.rule(rules.exploit).copiesNobody
    let training: Set<Member.State> = [.ready, .leased, .due]
    let pace = copies ? members.lazy.filter { training.contains($0.state) }.map(\.steps).min() : nil
    let member = Member(
      id: decision.member, state: copies ? .due : .ready, steps: pace ?? 0, age: 0, checkpoint: nil,
      hyperparameters: decision.hyperparameters, beginning: decision.sequence, published: nil, intervals: 0,
      decisions: 0, restarts: restarts, failures: 0)
    members.append(member)
    index(member)
  }

  // MARK: Indices

  /// Changes one member and keeps every index in step.
  private mutating func change(_ id: Member.ID, _ body: (inout Member) -> Void) {
    let before = members[id]
    body(&members[id])
    let after = members[id]
    counts[before.state, default: 0] -= 1
    counts[after.state, default: 0] += 1
    if before.published != after.published {
      let subpopulation = rules.subpopulation(of: id)
      if let published = before.published { rankings[subpopulation].remove(Ranking.Entry(id, published)) }
      if let published = after.published { rankings[subpopulation].insert(Ranking.Entry(id, published)) }
    }
    if before.state != after.state || before.steps != after.steps {
      if before.state == .ready { readyMembers.remove(ReadyKey(steps: before.steps, member: id)) }
      if after.state == .ready { readyMembers.insert(ReadyKey(steps: after.steps, member: id)) }
      if before.state == .due { dueMembers.remove(id) }
      if after.state == .due { dueMembers.insert(id) }
    }
  }

  /// Adds a member to every index.
  mutating func index(_ member: Member) {
    counts[member.state, default: 0] += 1
    if let published = member.published {
      rankings[rules.subpopulation(of: member.id)].insert(Ranking.Entry(member.id, published))
    }
    if member.state == .ready { readyMembers.insert(ReadyKey(steps: member.steps, member: member.id)) }
    if member.state == .due { dueMembers.insert(member.id) }
  }
}

extension Member {
  /// Leaves it without a model, and without what was known of it.
  fileprivate mutating func reset(by decision: Decision) {
    beginning = decision.sequence
    published = nil
    checkpoint = nil
    age = 0
    origin = nil
    startSelection = nil
    scoredAge = nil
    scores = []
    next = .train
  }
}
