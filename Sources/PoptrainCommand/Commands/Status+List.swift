import Foundation
import PoptrainRuns
import PoptrainText

extension ShowStatus {
  /// Lists the runs below this folder.
  func list(_ list: RunList) throws {
    guard !json else { return try say(json: list) }
    guard !list.runs.isEmpty else {
      return say(
        """
        no runs here, nor up to three folders below
        to begin one: poptrain run experiment.yaml
        to get an experiment.yaml to start from: poptrain init
        """)
    }
    var table = Table(
      header: ["run", "state", "steps", "", "best", "metric", "members", "last active"], numeric: [2, 3, 4, 6])
    for run in list.runs where run.error == nil { table.rows.append(row(run, in: list)) }
    table.dispensable = [6, 2, 5, 7, 4]
    if !table.rows.isEmpty { for line in table.lines(width: Terminal.width) { say(line) } }
    for run in list.runs {
      guard let error = run.error else { continue }
      say(sentence: "\(shown(run, in: list)): \(error.split(separator: "\n").joined(separator: " "))")
    }
  }

  private func row(_ run: RunList.Entry, in list: RunList) -> [String] {
    let (trained, total) = (run.trainedSteps ?? 0, run.totalSteps ?? 0)
    let isRunning = run.state == .running
    return [
      harmless(shown(run, in: list)), run.state?.rawValue ?? "", "\(grouped(trained)) of \(grouped(total))",
      percentage(trained, of: total), run.bestScore.map { short($0) } ?? "–", run.metric ?? "",
      run.populationSize.map(grouped) ?? "",
      isRunning ? "now" : run.lastActiveAtSeconds.map { spoken(Date(timeIntervalSince1970: $0)) } ?? "–",
    ]
  }

  /// The folder as it is typed here.
  private func shown(_ run: RunList.Entry, in list: RunList) -> String {
    let path = run.run.dropFirst(list.folder.count).drop { $0 == "/" }
    return path.isEmpty ? "." : shellPath(String(path))
  }
}
