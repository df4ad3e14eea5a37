internal import Foundation
internal import PoptrainSharedLog

/// The place of a shared log: it keeps what logs promise. What goes wrong happens on the way to it.
final class SimulatedLog: EntryLog, CustomStringConvertible {
  private let state = OneThread(State())

  private struct State {
    var entries: [Data] = []
    var pulses: [String: Int] = [:]
  }

  var description: String { "the shared log" }
  let pause = Duration.seconds(2)

  func create(_ number: Int, _ contents: Data, isDurable: Bool) -> Bool {
    guard number == state.entries.count + 1 else { return false }
    state.entries.append(contents)
    return true
  }

  func read(_ number: Int) throws(LogFailure) -> Data {
    guard state.entries.indices.contains(number - 1) else { throw .noAnswer("there is no entry \(number)") }
    return state.entries[number - 1]
  }

  func lastKnown() -> Int { state.entries.count }
  func last() -> Int { state.entries.count }

  func beat(_ process: String, _ count: Int) { state.pulses[process] = count }
  func leave(_ process: String) { state.pulses[process] = nil }
  func pulse(of process: String) -> Int? { state.pulses[process] }

  func pulses() -> [Pulse] { state.pulses.keys.sorted().map { Pulse(process: $0, saidAt: .distantPast) } }
}

/// A log of which each new entry is checked against all invariants.
struct WatchedLog: WrappedLog, CustomStringConvertible {
  let base: any EntryLog
  let universe: Universe

  var description: String { "\(base)" }

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    guard try await base.create(number, contents, isDurable: isDurable) else { return false }
    universe.created(number, contents)
    return true
  }
}
