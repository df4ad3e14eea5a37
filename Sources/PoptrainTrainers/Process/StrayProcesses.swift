internal import Foundation

internal import Glibc

/// The processes of trainers that an engine which was killed has left behind.
///
/// Every process that an engine starts carries, in its environment, the engine's identity: its process id, and when that
/// process was started. Children inherit it, also those that have left the process group. A process of this user whose
/// engine is named so and is no more is a stray. A process id that was given to another program does not mislead: its start
/// differs.
package enum StrayProcesses {
  /// The variable that names the engine.
  package static let variable = "POPTRAIN_ENGINE"

  /// This process, as its trainers name it.
  package static var thisEngine: String { identity(of: getpid()) ?? "\(getpid())" }

  /// Ends the processes of a run whose engine is no more. The caller holds the run's lock.
  ///
  /// - Parameter runID: the run's, as `POPTRAIN_RUN_ID` in the environment of its trainers.
  /// - Returns: the process ids.
  package static func end(ofRun runID: String) -> [Int] {
    guard !runID.isEmpty else { return [] }
    let found = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
      .filter { isStray($0, runID) }
    for process in found { kill(process, SIGKILL) }
    return found.map(Int.init)
  }

  private static func isStray(_ process: pid_t, _ runID: String) -> Bool {
    var status = stat()
    guard process != getpid(), stat("/proc/\(process)", &status) == 0, status.st_uid == geteuid(),
      // In another container the ids mean something else.
      namespace(of: "\(process)") == namespace(of: "self"),
      let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
    else { return false }
    let variables = environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard variables.contains("POPTRAIN_RUN_ID=\(runID)"),
      let engine = variables.first(where: { $0.hasPrefix(variable + "=") })?.dropFirst(variable.count + 1),
      let id = pid_t(engine.prefix { $0 != ":" })
    else { return false }
    return identity(of: id) != String(engine)
  }

  /// A process by its id and the moment of its start, in ticks of this boot; none where there is none.
  private static func identity(of process: pid_t) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The name, in brackets, may hold anything.
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z" else { return nil }
    return "\(process):\(fields[19])"
  }

  private static func namespace(of process: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/pid")
  }
}
