@testable import PoptrainChecking
@testable import PoptrainRuns
@testable import PoptrainEngine
import Foundation
import PoptrainStore
import PopulationBasedTraining
import Synchronization
import Testing

/// Recorded intervals, trained again.
@Suite struct RerunTests {
  private func run(_ trainer: borrowing TrainerFolder) async throws -> RecordedRun {
    let directory = RunDirectory(path: trainer.path + "/run")
    let engine = try await Engine(trainer.experiment, in: directory, folder: trainer.path) { _ in }
    _ = try await engine.run()
    return try RecordedRun(directory)
  }

  /// Every file and folder with its contents and the time of its last change.
  private func snapshot(_ path: String) throws -> [String: String] {
    var all: [String: String] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init() {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
      let contents = FileManager.default.contents(atPath: "\(path)/\(name)")?.base64EncodedString()
      all[name] = "\(attributes[.modificationDate] ?? "") \(contents ?? "")"
    }
    return all
  }

  @Test func theSameIntervalComesToTheSameScoreAndChangesNothing() async throws {
    let script = CheckTests.good.replacing("    state = load", with: "    print('hello')\n    state = load")
    let trainer = try TrainerFolder(script)
    let run = try await run(trainer)
    let before = try snapshot(run.directory.path)
    let rerun = try Rerun(run, member: 1, interval: 1)
    let output = Mutex(Data())
    let result = await rerun.run { data in output.withLock { $0 += data } }
    #expect(result.ending == "completed")
    #expect(result.isSameScore(as: rerun.recorded))
    #expect(String(decoding: output.withLock { $0 }, as: UTF8.self) == "hello\n")
    #expect(try snapshot(run.directory.path) == before)
  }

  @Test func everyIntervalIsToldAsInTheRunWhatItsMemberHasTrainedAndWhetherItIsACopy() async throws {
    let trainer = try TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          for _ in interval.steps: pass
          save(interval.save_to, {})
          interval.report(score=interval.member_start - 1000 * interval.member + 0.5 * interval.is_copy)
      """, settings: "exploit: binary_tournament\nkeep: all")
    let run = try await run(trainer)
    #expect(try run.history.decisions().contains { $0.result.donor != nil })
    for interval in try run.history.intervals() {
      let rerun = try Rerun(run, member: interval.member, interval: interval.number)
      let result = await rerun.run { _ in }
      #expect(result.isSameScore(as: rerun.recorded), "\(rerun.recorded) \(result)")
    }
  }

  @Test func whatStartedFromACollectedCheckpointIsRefusedAndWhatIsPossibleIsSaid() async throws {
    let trainer = try TrainerFolder(CheckTests.good)
    let run = try await run(trainer)
    let error = #expect(throws: RunError.self) { try Rerun(run, member: 0, interval: 3) }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.contains("was collected"))
    #expect(message.contains("Intervals of this member that can be rerun: 1"))
  }

  @Test func aPartOfAnIntervalIsAskedForAsFarAsTheNextScheduledValue() async throws {
    let trainer = try TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          save(interval.save_to, {})
          interval.report(score=interval["learning_rate"], steps=interval.stop - interval.start - 1 or 1)
      """, hyperparameters: "learning_rate: {schedule: {0: 0.1, 7: 0.2}}", settings: "exploit: none")
    let run = try await run(trainer)
    let rerun = try Rerun(run, member: 1, interval: 1)
    #expect(rerun.recorded.ending == "partial")
    #expect(rerun.ages == 0..<7)
  }

  @Test(arguments: [(7, 1), (0, 0), (0, 4), (-1, 1)])
  func whatIsNotThereIsRefused(_ member: Int, _ interval: Int) async throws {
    let trainer = try TrainerFolder(CheckTests.good)
    let run = try await run(trainer)
    #expect(throws: RunError.self) { try Rerun(run, member: member, interval: interval) }
  }

  @Test func anAttemptThatFailedCanBeRepeated() async throws {
    let trainer = try TrainerFolder("raise SystemError('broken')", settings: "max_failures: 1")
    let run = try await run(trainer)
    let rerun = try Rerun(run, member: 0, interval: 1)
    #expect(rerun.recorded.ending.hasPrefix("failed:"))
    let output = Mutex(Data())
    let result = await rerun.run { data in output.withLock { $0 += data } }
    #expect(result.ending.hasPrefix("failed:"))
    #expect(String(decoding: output.withLock { $0 }, as: UTF8.self).contains("broken"))
  }

  @Test func anIntervalThatDivergedCanBeRepeated() async throws {
    let trainer = try TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          save(interval.save_to, {})
          interval.report(score=float("nan"), steps=interval.stop - interval.start)
      """)
    let run = try await run(trainer)
    let rerun = try Rerun(run, member: 0, interval: 1)
    #expect(rerun.recorded.ending.hasPrefix("diverged"))
    let result = await rerun.run { _ in }
    #expect(result.ending == "diverged")
    #expect(result.isSameScore(as: rerun.recorded))
  }
}
