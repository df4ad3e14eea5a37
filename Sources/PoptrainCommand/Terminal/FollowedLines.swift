import Foundation
import PoptrainRuns
import PoptrainText
import PopulationBasedTraining

/// Prints what happens in a run that another process trains, a line for each change, until it is finished.
func follow(_ source: RunSource) async throws {
  var source = source
  var wasRunning: Bool?
  while true {
    // Asked first: what an engine records before it ends is printed then.
    let isRunning = source.run.isRunning
    while true {
      let records = try source.next()
      guard !records.isEmpty else { break }
      let wording = RecordWording(experiment: source.run.experiment)
      for record in records {
        if let line = wording.line(record) { say(stamped(line)) }
      }
    }
    if wasRunning != isRunning {
      wasRunning = isRunning
      let population = try source.run.population()
      let progress = "\(grouped(population.trainedSteps)) of \(grouped(population.plannedSteps)) steps"
      guard isRunning || population.isFinished == false else {
        let isForfeited = try !source.run.forfeitedSteps().isEmpty
        return say(stamped("finished: \(progress)\(isForfeited ? ", some of them forfeited" : "")"))
      }
      say(stamped("\(isRunning ? "running" : "stopped"): \(progress)"))
    }
    try await Task.sleep(for: .milliseconds(250))
  }
}

/// A line with the time, for a log.
private func stamped(_ line: String) -> String {
  "\(Date().formatted(.iso8601))  \(line.replacing("\n", with: " · "))"
}
