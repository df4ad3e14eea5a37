import PopulationBasedTraining
import Testing
import PoptrainTrainers

@testable import Poptrain

@Suite struct EvaluationTests {
  private func assignment(_ kind: Interval.Kind, from checkpoint: String?, to end: String) -> Assignment {
    Assignment(
      id: end, member: 0, number: 1, kind: kind, ages: kind == .train ? 0..<10 : 10..<10, totalSteps: 60,
      memberSteps: 0, donor: nil, seed: 5, hyperparameters: ["rate": .number(0.1)], checkpoint: checkpoint,
      parent: nil, saveTo: end)
  }

  @Test func `An evaluation measures the model as it is, and saves nothing`() async throws {
    let memory = ModelMemory<Follower>()
    let trainer = InProcessTrainer(
      fresh: Follower.init, load: { path, _ in try #require(memory[path]) }, save: memory.save)
    let id = CheckpointID("a")
    guard
      case .trained(let trained) = await trainer.train(
        assignment(.train, from: nil, to: memory.begin(id)), progress: { _ in })
    else { throw Failure(message: "it did not train") }
    try memory.publish(id)

    let copy = CheckpointID("b")
    let evaluation = assignment(.evaluate, from: memory.path(of: id), to: memory.begin(copy))
    guard case .trained(let evaluated) = await trainer.train(evaluation, progress: { _ in })
    else { throw Failure(message: "it did not evaluate") }
    #expect(evaluated.steps == 0 && trained.steps == 10)
    #expect(evaluated.metrics == trained.metrics)
    #expect(evaluated.evaluations.isEmpty)
    #expect(throws: (any Error).self) { try memory.publish(copy) }
    #expect(memory[memory.path(of: id)]?.trained == 10)
  }

  @Test func `Copies that are evaluated have scores of their own before they train`() async throws {
    var rules = Follower.rules()
    rules.evaluatesCopies = true
    let trained = try await trainPopulation(rules: rules, fresh: Follower.init)
    let evaluations = trained.intervals.filter { $0.kind == .evaluate }
    #expect(!evaluations.isEmpty)
    #expect(evaluations.allSatisfy { $0.steps == 0 && $0.start == $0.end && $0.score != nil })
    #expect(trained.population.members.allSatisfy { $0.steps == 60 })
    #expect(trained.best.lineage.intervals.allSatisfy { $0.kind == .train })
  }
}
