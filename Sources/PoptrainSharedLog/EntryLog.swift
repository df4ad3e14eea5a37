package import Foundation
package import PoptrainStore

/// Numbered entries that many processes write, on whatever they share: a folder, a bucket, a database.
///
/// An entry is created whole or not at all, exactly once, and never changed. Nothing else is asked of the place, above all
/// no clock and no lock. `EntryLogConformance` in `PoptrainStoreTesting` checks every implementation.
package protocol EntryLog: EntryReader {
  /// How often a process looks for what others have written, while it waits for that.
  var pause: Duration { get }

  /// Checks what a place may not keep of this contract, before a process writes there.
  func checkPromise() async throws(LogFailure)

  /// Creates an entry, unless there is one of this number.
  ///
  /// - Parameters:
  ///   - number: the one after the last entry that the caller has read.
  ///   - isDurable: whether it survives a power cut.
  /// - Returns: whether it was created. Where it was not, the entry that is there may still be this one, created by an
  ///   attempt whose answer was lost.
  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool

  /// Says that a process lives, by a number that was not said before.
  func beat(_ process: String, _ count: Int) async throws(LogFailure)

  /// Says that a process has ended.
  func leave(_ process: String) async throws(LogFailure)
}

extension EntryLog {
  package var pause: Duration { .milliseconds(500) }
  package func checkPromise() {}
}

/// Why a log did not answer.
package enum LogFailure: Error, Hashable, CustomStringConvertible {
  /// The call may have happened or not. It is safe to repeat it.
  case noAnswer(String)
  /// It has not happened, and will not.
  case refused(StoreError)

  package var description: String { "\(asStoreError)" }

  /// What it means to those who cannot ask again.
  package var asStoreError: StoreError {
    switch self {
    case .noAnswer(let message): .noAnswer(message)
    case .refused(let error): error
    }
  }
}

extension LogFailure {
  /// An entry is not there, though later ones are.
  static func missing(_ number: Int, in log: some EntryReader) -> LogFailure {
    .refused(.damaged(path: "\(log)", what: "entry \(number) is missing, and later ones are there"))
  }
}

/// The part of a log that reads. Its calls block.
package protocol EntryReader: Sendable {
  /// Reads an entry that is known to exist.
  func read(_ number: Int) throws(LogFailure) -> Data

  /// The number of an entry that exists, and soon of the last one: there may be later ones already. 0: none is known.
  func lastKnown() throws(LogFailure) -> Int

  /// The number of the last entry, looked for at some cost, as when a process begins to read. 0: there is none.
  func last() throws(LogFailure) -> Int

  /// What a process has said last; none where it has said nothing yet, or has ended.
  func pulse(of process: String) throws(LogFailure) -> Int?

  /// What each process has said last that has not ended.
  func pulses() throws(LogFailure) -> [Pulse]
}

/// What a process has said last of its life.
package struct Pulse: Hashable, Sendable {
  /// Who it is.
  package let process: String
  /// When it was said, by the clock of the place: another time for each beat.
  package let saidAt: Date

  package init(process: String, saidAt: Date) {
    self.process = process
    self.saidAt = saidAt
  }
}
