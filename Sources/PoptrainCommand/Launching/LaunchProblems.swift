import Foundation
import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainText
import PopulationBasedTraining

/// What is wrong with what is to be launched.
struct Problems {
  private var messages: [String] = []

  var isEmpty: Bool { messages.isEmpty }

  mutating func add(_ message: String) { messages.append("error: \(message)") }

  /// The result of a check; none where it found a problem.
  @discardableResult
  mutating func collect<Answer>(_ check: () throws -> Answer) -> Answer? {
    do {
      return try check()
    } catch let error as RunError {
      add(error.withRemedy)
    } catch {
      messages.append("\(error)")
    }
    return nil
  }

  /// The run in a folder; none where there is none yet, or processes could not join it.
  mutating func run(in directory: RunDirectory, joinedBy given: Experiment?) -> RecordedRun? {
    if directory.isFolder, let obstacle = directory.obstacle { add(obstacle) }
    guard directory.holdsRun else {
      if !directory.isShared, let found = directory.foreignContent {
        add(RunError.notEmpty(path: directory.shown, found: found).withRemedy)
      }
      collect { try directory.checkIsOutsideOfRuns() }
      return nil
    }
    guard let run = collect({ try RecordedRun(directory) }) else { return nil }
    collect {
      guard directory.isShared else { throw RunError.notShared(path: directory.shown) }
      if given == nil { try run.checkTrainer() }
    }
    let hasEnded = collect { try run.population().isFinished } ?? false
    if hasEnded, given.map({ $0.rules.steps <= run.experiment.rules.steps }) ?? true {
      add(
        """
        \(directory.shown) has ended, so there is nothing to train. To extend it:
          poptrain run FILE --steps N --run \(shellPath(directory.shown))
        """)
    }
    return run
  }

  mutating func check(_ experiment: Experiment, workers: Int) {
    let together = experiment.resources.workersPerGPU
    if !workers.isMultiple(of: together) {
      add("--workers is to be a multiple of `workers_per_gpu`, \(together), and \(workers) is not")
    }
  }

  /// Says what is wrong.
  ///
  /// - Returns: the exit status for it.
  func told() -> ExitStatus {
    for message in messages { complain(message) }
    return .badData
  }
}

extension RunDirectory {
  /// Why nothing can be written into it, or a folder made for it; none where it can.
  fileprivate var obstacle: String? {
    var above = URL(fileURLWithPath: path)
    while above.path != "/", !FileManager.default.fileExists(atPath: above.path) { above.deleteLastPathComponent() }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: above.path, isDirectory: &isFolder), isFolder.boolValue else {
      return "\(shown) cannot be a folder, because \(above.path) is none"
    }
    return FileManager.default.isWritableFile(atPath: above.path) ? nil : "\(shown) cannot be written"
  }
}
