import Poptrain
import PopulationBasedTraining
import Synchronization
import Testing

@Suite struct InMemoryTests {
  @Test func `A population ends with its best model and the schedule that made it`() async throws {
    let trained = try await trainPopulation(rules: Follower.rules(), fresh: Follower.init)
    let best = trained.best
    #expect(trained.intervals.count == 30)
    #expect(trained.attempts.isEmpty && trained.warnings.isEmpty)
    #expect(trained.population.members.allSatisfy { $0.state == .done && $0.steps == 60 })

    #expect(best.metric == trained.intervals.compactMap { $0.metrics["error"] }.min())
    #expect(abs(1 - best.model.position) == best.metric)
    #expect(best.lineage.intervals.first?.start == nil)
    #expect(best.lineage.intervals.last?.member == best.member)
    #expect(best.lineage.schedule.map(\.ages).reduce(0..<0) { $0.lowerBound..<$1.upperBound } == 0..<best.model.trained)
    for (before, after) in zip(best.lineage.intervals, best.lineage.intervals.dropFirst()) {
      #expect(before.end == after.start && before.endAge == after.startAge)
    }
    for member in trained.population.members {
      #expect(try trained.model(of: member)?.trained == 60)
      let checkpoint = try #require(member.checkpoint)
      #expect(trained.lineage(of: checkpoint).intervals.count == 6)
    }
  }

  @Test func `What a model measures and logs is recorded`() async throws {
    let trained = try await trainPopulation(rules: Follower.rules(), fresh: Follower.init)
    for interval in trained.intervals {
      #expect(interval.metrics["trained"] == Double(interval.endAge))
      #expect(interval.evaluations.map(\.age) == [interval.endAge])
      #expect(interval.evaluations.first?.metrics.keys.first == "half")
    }
  }

  @Test(arguments: [1, 2, 5])
  func `In synchronous order the number of workers changes nothing`(_ workers: Int) async throws {
    let one = try await trainPopulation(rules: Follower.rules(), fresh: Follower.init)
    let several = try await trainPopulation(rules: Follower.rules(), workers: workers, fresh: Follower.init)
    let (left, right) = (one.story.sorted(), several.story.sorted())
    #expect(left == right)
    #expect(one.best.metric == several.best.metric)
  }

  @Test func `With one worker the asynchronous order is the same each time`() async throws {
    let rules = Follower.rules(.asynchronous)
    let first = try await trainPopulation(rules: rules, fresh: Follower.init)
    let second = try await trainPopulation(rules: rules, fresh: Follower.init)
    #expect(first.story == second.story)
    #expect(first.story.contains { $0.contains("decided inherit") })
  }

  /// Counts how many of it live.
  private struct Heavy: Trainable {
    final class Weight: Sendable {
      static let living = Mutex((now: 0, most: 0))
      init() {
        Weight.living.withLock { living in
          living.now += 1
          living.most = max(living.most, living.now)
        }
      }
      deinit { Weight.living.withLock { $0.now -= 1 } }
    }

    var weight = Weight()
    mutating func train(_ interval: TrainingInterval) { weight = Weight() }
    func evaluate(_ interval: TrainingInterval) -> [String: Double] { ["error": Double(interval.seed % 100)] }
  }

  @Test func `Only models to which something refers are kept`() async throws {
    let rules = Follower.rules(members: 10, intervals: 40)
    do {
      let trained = try await trainPopulation(rules: rules, fresh: { _ in Heavy() })
      let references = Set(
        trained.population.members.flatMap(\.references) + [trained.best.lineage.intervals.last?.end])
      #expect(Heavy.Weight.living.withLock(\.now) == references.count)
    }
    #expect(Heavy.Weight.living.withLock(\.now) == 0)
    // Of each member one, the best, and one under way.
    #expect(Heavy.Weight.living.withLock(\.most) <= 13)
  }
}
