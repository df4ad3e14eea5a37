internal import Dispatch
internal import PoptrainSimulation
internal import Synchronization

internal import Glibc

/// `simulate 0-4999`: trains populations in virtual time under these seeds, with everything going wrong that may.
/// `simulate 17`: the same for one seed, and tells everything that happens.
/// `simulate --shared …`: the same for processes that share a log.
@main
enum Simulate {
  static func main() {
    var arguments = CommandLine.arguments.dropFirst()
    let isShared = arguments.first == "--shared"
    if isShared { arguments.removeFirst() }
    let ends = (arguments.first ?? "").split(separator: "-").map { UInt64($0) }
    guard arguments.count == 1, (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      first <= last
    else {
      print("usage: simulate [--shared] SEED, or simulate [--shared] FIRST-LAST")
      exit(64)
    }
    if first == last { exit(replay(first, isShared)) }
    exit(run(first...last, isShared))
  }

  /// Runs one seed, and prints what happens.
  private static func replay(_ seed: UInt64, _ isShared: Bool) -> CInt {
    let result = Simulation(seed: seed, isShared: isShared).run { print($0) }
    print(
      "seed \(seed): \(result.intervals) intervals, \(Int(result.seconds)) s of virtual time, \(result.checks) checks")
    print(result.violation.map { "\($0)" } ?? "every invariant held")
    return result.violation == nil ? 0 : 1
  }

  private static func run(_ seeds: ClosedRange<UInt64>, _ isShared: Bool) -> CInt {
    let summary = Mutex(Summary())
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
      let seed = seeds.lowerBound + UInt64(index)
      let result = Simulation(seed: seed, isShared: isShared).run()
      summary.withLock { $0.add(result, seed) }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let found = summary.withLock { $0 }
    for fault in isShared ? Fault.ofSharedLog : Fault.ofOneMachine {
      print("  \(fault.rawValue): \(found.faults[fault, default: 0])")
    }
    print(
      "\(seeds.count) seeds in \(Int(seconds)) s (\(Int(Double(seeds.count) / seconds)) a second): \(found.intervals) "
        + "intervals, \(found.checks) checks of every invariant, \(Int(found.virtualSeconds / 3600)) h of virtual time")
    for (seed, violation) in found.violations.sorted(by: { $0.key < $1.key }).prefix(20) {
      print(
        "seed \(seed): \(violation)\n  see what happened: .build/release/simulate \(isShared ? "--shared " : "")\(seed)"
      )
    }
    print(found.violations.isEmpty ? "every invariant held" : "\(found.violations.count) seeds found a violation")
    return found.violations.isEmpty ? 0 : 1
  }

  private struct Summary {
    var faults: [Fault: Int] = [:]
    var intervals = 0
    var checks = 0
    var virtualSeconds = 0.0
    var violations: [UInt64: Violation] = [:]

    mutating func add(_ result: PoptrainSimulation.Simulation.Result, _ seed: UInt64) {
      faults.merge(result.faults) { $0 + $1 }
      intervals += result.intervals
      checks += result.checks
      virtualSeconds += result.seconds
      violations[seed] = result.violation
    }
  }
}
