package import PopulationBasedTraining

// How a run starts, goes on under other rules, and ends.
extension Ledger {
  /// Starts an engine on a run: records what differs from the last start, and revises the population where the experiment does.
  ///
  /// - Parameter last: what the run was; none for a new one.
  package mutating func start(_ opening: RunOpening, after last: RunIdentity?) {
    if last == nil { recordEvent(.created(id: surroundings.makeToken())) }
    // What was wrong may have been mended.
    (cause, resting) = (SharedCause(population), [:])
    var file = last?.file
    if last?.experiment != opening.experiment {
      revise(opening.rules, experiment: opening.experiment)
      file = opening.experiment
    } else {
      decideForgotten()
      collect()
    }
    let fileNow = opening.file ?? opening.experiment
    if file != fileNow { recordEvent(.overridden(file: fileNow)) }
    recordEvent(.started(folder: opening.folder))
    if let program = opening.program { recordEvent(.program(program)) }
  }

  /// Goes on under these rules, of which the experiment file tells: members join or leave until there are as many as it
  /// says, and those that a larger budget lets go on decide. Live leases end, as when an engine is started.
  package mutating func revise(_ rules: Rules, experiment: String) {
    for lease in leases.values.sorted(by: { $0.member < $1.member }) { end(lease) }
    recordEvent(.revised(experiment: experiment))
    adopt(rules)
    while population.size < rules.populationSize {
      append(.decision(initialDecision(population.members.count, in: population)))
    }
    while let retirement = retirement(in: population) { append(.decision(retirement)) }
    decideDue()
    endWhereRulesSaySo()
    collect()
  }

  mutating func adopt(_ rules: Rules) {
    population.revise(rules)
    references.retain(rules.keep)
    (cause, resting) = (SharedCause(population), [:])
    changedMembers.formUnion(population.members.map(\.id))
  }

  /// Ends the run, though members have steps left: nobody is leased any more until it is revised.
  package mutating func end(because reason: Population.Ending) {
    guard population.ending == nil else { return }
    recordEvent(.ended(reason))
  }

  /// In synchronous order, only a whole round is judged.
  mutating func endWhereRulesSaySo(after decisions: [Decision]) {
    if case .asynchronous = rules.order { endWhereRulesSaySo() } else if !decisions.isEmpty { endWhereRulesSaySo() }
  }

  private mutating func endWhereRulesSaySo() {
    if let reason = population.reasonToEnd { end(because: reason) }
  }

  package mutating func warn(_ message: String) { recordEvent(.warning(message.withVisibleZeros)) }

  package mutating func recordEvent(_ what: Event.What) {
    append(.event(Event(sequence: nextSequence, what, at: surroundings.wallNow())))
  }
}
