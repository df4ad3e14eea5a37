package import Foundation

/// A log that does what its base does, but for what it does itself, such as to lose answers in a test.
package protocol WrappedLog: EntryLog {
  var base: any EntryLog { get }
}

extension WrappedLog {
  package var pause: Duration { base.pause }

  package func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    try await base.create(number, contents, isDurable: isDurable)
  }

  package func read(_ number: Int) throws(LogFailure) -> Data { try base.read(number) }
  package func lastKnown() throws(LogFailure) -> Int { try base.lastKnown() }
  package func last() throws(LogFailure) -> Int { try base.last() }
  package func beat(_ process: String, _ count: Int) async throws(LogFailure) { try await base.beat(process, count) }
  package func leave(_ process: String) async throws(LogFailure) { try await base.leave(process) }
  package func pulse(of process: String) throws(LogFailure) -> Int? { try base.pulse(of: process) }
  package func pulses() throws(LogFailure) -> [Pulse] { try base.pulses() }
}
