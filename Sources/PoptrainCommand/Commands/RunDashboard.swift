import PoptrainDashboard
import PoptrainEngine

/// The dashboard of a run in the same process. The run continues even if it fails.
final class RunDashboard: Sendable {
  /// What to tell people: where to open it, or why it cannot be opened.
  let lines: [String]
  private let serving: Task<Void, Never>

  /// Serves a run, and waits until it can be opened.
  init(of engine: Engine) async {
    let (opened, opening) = AsyncStream<[String]>.makeStream()
    let own = OwnRun(engine.directory) { await engine.stopOnce(isPreempted: true) }
    let dashboard = Dashboard([engine.directory], own: own)
    serving = Task {
      do throws(DashboardError) {
        try await dashboard.serve { opening.yield($0.lines) }
      } catch {
        opening.yield(["warning: \(error); the run continues without a dashboard"])
      }
      opening.finish()
    }
    var openings = opened.makeAsyncIterator()
    lines = await openings.next() ?? []
  }

  /// Ends it at once, also while pages are open.
  func close() { serving.cancel() }
}

extension Location {
  /// What to tell people.
  var lines: [String] {
    ["dashboard: \(address)"] + (tunnel.map { ["from another machine: \($0), then open that address there"] } ?? [])
  }
}
