internal import PopulationBasedTraining

// Who may train whom.
extension Ledger {
  package mutating func lease(_ request: LeaseRequest) -> Grant {
    let now = surroundings.monotonicNow()
    if let reason = cause.abortReason {
      // A member that still trains may show that there is hope. The dead will not.
      return leases.values.contains { $0.expiresAt > now } ? .wait(version: version) : .aborted(reason)
    }
    if mayHaveForgotten { decideForgotten() }
    if population.isFinished { return .finished }
    resting = resting.filter { $0.value > now }
    let ready = population.leastAdvancedReady(
      request.capacity, preferring: population.members(goingOnFrom: request.held), leavingOut: Set(resting.keys))
    guard ready.isEmpty else { return .leases(ready.map { grant($0, to: request.worker) }) }

    let expired = leases.values.filter { $0.expiresAt <= now }.sorted { $0.member < $1.member }
    guard !expired.isEmpty else {
      return .wait(version: version, seconds: resting.values.min().map { $0 - now })
    }
    return .leases(
      expired.prefix(request.capacity).map { lease in
        end(lease)
        return grant(lease.member, to: request.worker)
      })
  }

  package mutating func heartbeat(_ token: String) throws(StoreError) {
    _ = try liveLease(token)
    let end = expiry
    leases[token]?.expiresAt = end
  }

  package mutating func release(_ token: String) throws(StoreError) {
    end(try liveLease(token))
  }

  /// When a lease ends that is granted or prolonged now. Where several processes write the history, a lease ends with its
  /// process.
  private var expiry: Double {
    surroundings.process.isEmpty ? surroundings.monotonicNow() + Ledger.leaseDuration : .infinity
  }

  func liveLease(_ token: String) throws(StoreError) -> Lease {
    guard let lease = leases[token] else { throw .superseded(token: token) }
    return lease
  }

  mutating func grant(_ id: Member.ID, to worker: String) -> Lease {
    let member = population.members[id]
    let token = surroundings.makeToken()
    let lease = Lease(
      token: token, worker: worker, process: surroundings.process, member: id, number: member.intervals + 1,
      kind: member.next,
      start: member.checkpoint,
      donor: member.donor,
      end: CheckpointID(member: id, number: member.intervals + 1, token: token),
      startSteps: member.steps, steps: rules.stepsOfNextInterval(of: member), startAge: member.age,
      totalSteps: rules.totalSteps(at: member.age),
      hyperparameters: rules.space.inForce(member.hyperparameters, at: member.age),
      seed: rules.trainerSeed(member: id, steps: member.steps, kind: member.next),
      expiresAt: expiry)
    leases[token] = lease
    references.add([lease.start])
    population.setLeased(id, true)
    changes.granted.append(lease)
    changedMembers.insert(id)
    return lease
  }

  /// Ends a lease and makes its member ready again.
  mutating func end(_ lease: Lease) {
    leases[lease.token] = nil
    references.remove([lease.start])
    population.setLeased(lease.member, false)
    changes.ended.append(lease)
    changedMembers.insert(lease.member)
  }
}

extension Population {
  /// The members that go on from a checkpoint of their own that is among these, by id.
  fileprivate func members(goingOnFrom checkpoints: Set<CheckpointID>) -> [Member.ID] {
    checkpoints.compactMap { checkpoint in
      checkpoint.member.flatMap { members.indices.contains($0) && members[$0].checkpoint == checkpoint ? $0 : nil }
    }.sorted()
  }
}
