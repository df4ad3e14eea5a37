import PoptrainStoreTesting
import PoptrainSQLite
import PoptrainRuns
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import Poptrain
import PopulationBasedTraining
import PoptrainStore
import Synchronization
import Testing

@Suite struct FolderTests {
  @Test func `In a folder happens what happens in memory`() async throws {
    let folder = Folder()
    let inMemory = try await trainPopulation(rules: Follower.rules(), fresh: Follower.init)
    let inFolder = try await trainPopulation(rules: Follower.rules(), in: folder.path, fresh: Follower.init)
    #expect(inMemory.story == inFolder.story)
    #expect(inMemory.best.metric == inFolder.best.metric)
    #expect(inMemory.best.model.position == inFolder.best.model.position)
    #expect(inMemory.best.lineage.schedule == inFolder.best.lineage.schedule)
  }

  @Test func `Rules that could not be read again are refused, and nothing is begun`() async throws {
    let folder = Folder()
    var rules = Follower.rules()
    rules.seed = 1 << 60
    rules.burnIn = rules.steps
    do {
      _ = try await trainPopulation(rules: rules, in: folder.path, fresh: Follower.init)
      Issue.record("it trained")
    } catch let error as TrainingError {
      #expect(error.description.contains("`seed`"))
      #expect(error.description.contains("it would never decide"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/population.sqlite"))
  }

  /// Kills its process at the third interval of a member, unless it is told not to.
  private struct Mortal: Savable {
    static let lives = Mutex(false)
    var follower: Follower

    init(_ interval: TrainingInterval) { follower = Follower(interval) }
    mutating func load(from folder: String) throws { try follower.load(from: folder) }
    func save(to folder: String) throws { try follower.save(to: folder) }
    func evaluate(_ interval: TrainingInterval) -> [String: Double] { follower.evaluate(interval) }

    mutating func train(_ interval: TrainingInterval) throws {
      try follower.train(interval)
      if interval.number == 3, !Mortal.lives.withLock(\.self) { kill(getpid(), SIGKILL) }
    }
  }

  @Test func `A program that was killed goes on, and ends as if it had not been`() async throws {
    let folder = Folder()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
      _ = try await trainPopulation(rules: Follower.rules(), in: path, fresh: Mortal.init)
    }
    let run = try RecordedRun(RunDirectory(path: folder.path))
    #expect(try run.population().members.map(\.intervals) == [2, 2, 2, 2, 2])

    Mortal.lives.withLock { $0 = true }
    let resumed = try await trainPopulation(rules: Follower.rules(), in: folder.path, fresh: Mortal.init)
    #expect(resumed.story == (try await trainPopulation(rules: Follower.rules(), fresh: Follower.init)).story)
    // Called once more, it only reads.
    let again = try await trainPopulation(rules: Follower.rules(), in: folder.path, fresh: Mortal.init)
    #expect(again.story == resumed.story)
  }

  @Test func `A task that was cancelled goes on when it is called again`() async throws {
    let folder = Folder()
    let task = Task { try await trainPopulation(rules: Follower.rules(), in: folder.path, fresh: Endless.init) }
    await Endless.reached.pass()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let run = try RecordedRun(RunDirectory(path: folder.path))
    #expect(try run.history.intervals().count == 10)
    #expect(try run.history.attempts().isEmpty)
  }

  /// Trains its third interval until it is cancelled.
  private struct Endless: Savable {
    static let reached = Gate()
    var follower: Follower

    init(_ interval: TrainingInterval) { follower = Follower(interval) }
    mutating func load(from folder: String) throws { try follower.load(from: folder) }
    func save(to folder: String) throws { try follower.save(to: folder) }
    func evaluate(_ interval: TrainingInterval) -> [String: Double] { follower.evaluate(interval) }

    mutating func train(_ interval: TrainingInterval) throws {
      if interval.number == 3 {
        Endless.reached.open()
        while !Task.isCancelled {}
        throw CancellationError()
      }
      try follower.train(interval)
    }
  }

  @Test func `A run keeps the rules it was started with`() async throws {
    let folder = Folder()
    _ = try await trainPopulation(rules: Follower.rules(), in: folder.path, fresh: Follower.init)
    var rules = Follower.rules()
    rules.seed = 8
    let error = await #expect(throws: RunError.self) {
      try await trainPopulation(rules: rules, in: folder.path, fresh: Follower.init)
    }
    #expect("\(try #require(error))".contains("seed: 7 -> 8"))
  }

  @Test func `The folder is that of a run, which only its own program can go on with`() async throws {
    let folder = Folder()
    let trained = try await trainPopulation(rules: Follower.rules(), workers: 2, in: folder.path, fresh: Follower.init)
    let directory = RunDirectory(path: folder.path)
    let run = try RecordedRun(directory)
    #expect(run.experiment.name == "Follower" && run.experiment.rules == Follower.rules())
    let best = try #require(try run.population().best)
    #expect(try run.lineage(of: best.published.checkpoint).schedule == trained.best.lineage.schedule)
    let audit = try run.audit()
    guard (audit.findings + audit.notes).isEmpty else { throw Failure(message: "\(audit.findings + audit.notes)") }
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: directory.best)
    #expect(link == "checkpoints/\(best.published.checkpoint)")

    let experiment = try ExperimentFile.read(contentsOf: directory.experimentFile)
    let error = await #expect(throws: RunError.self) {
      _ = try await Engine(experiment, in: directory, folder: directory.path) { _ in }
    }
    #expect("\(try #require(error))".contains("Follower, a type of the Swift program that started this run"))
  }
}
