internal import Foundation
package import PoptrainSharedLog
internal import Testing

/// What every `EntryLog` must do, sentence by sentence.
package enum EntryLogConformance {
  /// One sentence of the contract, checked in an empty place. Each log that is made is one of another process.
  package struct Check: Sendable, CustomTestStringConvertible {
    package let sentence: String
    package let body: @Sendable (_ makeLog: @Sendable () throws -> any EntryLog) async throws -> Void

    init(
      _ sentence: String,
      _ body: @escaping @Sendable (_ makeLog: @Sendable () throws -> any EntryLog) async throws -> Void
    ) {
      self.sentence = sentence
      self.body = body
    }

    package var testDescription: String { sentence }
  }

  package static let checks = [
    Check("An empty log has no entry") { makeLog in
      let log = try makeLog()
      #expect(try log.lastKnown() == 0)
    },

    Check("An entry is as it was created, for every process, and the last one is known soon") { makeLog in
      let (one, other) = (try makeLog(), try makeLog())
      for number in 1...5 {
        #expect(try await one.create(number, entry(number, of: "one"), isDurable: false))
        #expect(try other.read(number) == entry(number, of: "one"))
        let isKnown = try await pollUntil { try other.lastKnown() == number }
        #expect(isKnown)
      }
    },

    Check("An entry is created once, and stays as it was first") { makeLog in
      let (one, other) = (try makeLog(), try makeLog())
      #expect(try await one.create(1, entry(1, of: "one"), isDurable: true))
      #expect(try await !other.create(1, entry(1, of: "other"), isDurable: true))
      #expect(try await !one.create(1, entry(1, of: "one"), isDurable: true))
      #expect(try other.read(1) == entry(1, of: "one"))
    },

    Check("Of several processes that create an entry at once, one does, and all read what it wrote") { makeLog in
      let names = (0..<8).map { "process \($0)" }
      let logs = try names.map { ($0, try makeLog()) }
      for number in 1...40 {
        let winners = try await withThrowingTaskGroup(of: String?.self) { group in
          for (name, log) in logs {
            group.addTask { try await log.create(number, entry(number, of: name), isDurable: false) ? name : nil }
          }
          return try await group.reduce(into: [String]()) { $0 += $1.map { [$0] } ?? [] }
        }
        try #require(winners.count == 1)
        for (_, log) in logs { #expect(try log.read(number) == entry(number, of: winners[0])) }
      }
    },

    Check("An entry is read whole or not at all") { makeLog in
      let (writer, reader) = (try makeLog(), try makeLog())
      let large = Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 % 251) })
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for number in 1...20 { _ = try await writer.create(number, large, isDurable: false) }
        }
        group.addTask {
          while try reader.lastKnown() < 20 {
            let last = try reader.lastKnown()
            if last > 0 { #expect(try reader.read(last) == large) }
            await Task.yield()
          }
        }
        try await group.waitForAll()
      }
    },

    Check("An entry that is not there yet is no answer, and no error of the place") { makeLog in
      let log = try makeLog()
      #expect { try log.read(7) } throws: { error in
        if case .noAnswer? = error as? LogFailure { true } else { false }
      }
    },

    Check("A pulse is what its process said last, until it leaves") { makeLog in
      let (one, other) = (try makeLog(), try makeLog())
      #expect(try other.pulse(of: "one") == nil)
      for count in [1, 2, 1_000_000_000_000] {
        try await one.beat("one", count)
        #expect(try other.pulse(of: "one") == count)
      }
      try await other.beat("other", 5)
      #expect(try one.pulse(of: "one") == 1_000_000_000_000 && one.pulse(of: "other") == 5)
      try await one.leave("one")
      try await one.leave("one")
      #expect(try other.pulse(of: "one") == nil && other.pulse(of: "other") == 5)
    },
  ]
}

private func entry(_ number: Int, of process: String) -> Data {
  Data("{\"number\": \(number), \"by\": \"\(process)\"}".utf8)
}

/// Asks again until it is true, for so long as a store that is slow to tell may take.
private func pollUntil(_ isTrue: () throws -> Bool) async throws -> Bool {
  for _ in 0..<600 {
    if try isTrue() { return true }
    try await Task.sleep(for: .milliseconds(100))
  }
  return false
}
