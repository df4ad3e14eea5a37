import Foundation

/// `neighbours-study SYSTEM SEED[-LAST] [ARM [FOLDER]]` trains populations and prints an outcome as JSON on each line.
/// `neighbours-study check SYSTEM` reproduces known properties of a system, and prints a check on each line.
@main
struct Command {
  static let problems: [any Problem.Type] = [
    TensorProblem.self, LabelProblem<SymmetricNoise>.self, LabelProblem<PairNoise>.self, FlowProblem.self,
    SpikingProblem.self, ArrayProblem.self,
  ]

  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.count == 2, arguments[0] == "check", let checks = checks[arguments[1]] {
      for check in try checks() { try printLine(check) }
    } else if (2...4).contains(arguments.count), let problem = problems.first(where: { $0.name == arguments[0] }),
      let seeds = seeds(arguments[1])
    {
      try await study(problem, seeds: seeds, arm: arguments.dropFirst(2).first, folder: arguments.dropFirst(3).first)
    } else {
      let names = problems.map { $0.name }.joined(separator: ", ")
      refuse(
        """
        usage: neighbours-study SYSTEM SEED[-LAST] [ARM [FOLDER]], where SYSTEM is one of \(names)
               neighbours-study check SYSTEM, where SYSTEM is one of \(checks.keys.sorted().joined(separator: ", "))
        """)
    }
  }

  /// Seeds given as `7` or as `0-4`.
  private static func seeds(_ text: String) -> ClosedRange<UInt64>? {
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
    guard bounds.count <= 2, let first = bounds.first ?? nil, let last = bounds.last ?? nil, first <= last else {
      return nil
    }
    return first...last
  }

  /// Trains the populations of some seeds: of all arms, or of one.
  private static func study<P: Problem>(
    _ problem: P.Type, seeds: ClosedRange<UInt64>, arm: String?, folder: String?
  ) async throws {
    let all = ["pbt", "random"] + problem.furtherArms
    let arms = all.filter { arm == nil || $0 == arm }
    if arms.isEmpty { refuse("\(problem.name) has the arms \(all.joined(separator: ", "))") }
    if folder != nil, seeds.lowerBound < seeds.upperBound { refuse("a folder holds one run, so give one seed") }
    for seed in seeds {
      for arm in arms {
        try printLine(await outcome(of: P(seed: seed, arm: arm), arm: arm, seed: seed, in: folder))
      }
    }
  }

  private static func refuse(_ message: String) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(2)
  }

  private static func printLine(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }
}
