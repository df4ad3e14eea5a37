package import PoptrainRuns
internal import Synchronization

/// A run that this process trains itself.
package struct OwnRun: Sendable {
  let directory: RunDirectory
  let stop: @Sendable () async -> Void

  /// - Parameters:
  ///   - directory: its folder.
  ///   - stop: ends it as SIGTERM does; called once.
  package init(_ directory: RunDirectory, stop: @escaping @Sendable () async -> Void) {
    self.directory = directory
    self.stop = stop
  }
}

extension RunDirectory {
  /// Asks who trains the run to stop as SIGTERM does.
  package func stop() async throws(RunError) {
    if isShared { try await requestStop() } else { try RunHolder(self).stop(self) }
  }
}

/// Ends runs. One that was asked already is not asked again: that would have it give up what is in flight.
final class Stopping: Sendable {
  private let own: OwnRun?
  private let asked = Mutex<Set<String>>([])

  init(_ own: OwnRun?) { self.own = own }

  func stop(_ directory: RunDirectory) async throws {
    // Processes that share a run stop once, however often they are asked.
    guard !directory.isShared else { return try await directory.requestStop() }
    if let own, own.directory.path == directory.path {
      if isFirst(directory.path) { await own.stop() }
      return
    }
    let holder = try RunHolder(directory)
    if isFirst(holder.name) {
      do { try holder.stop(directory) } catch {
        _ = asked.withLock { $0.remove(holder.name) }
        throw error
      }
    }
  }

  private func isFirst(_ name: String) -> Bool { asked.withLock { $0.insert(name).inserted } }
}
