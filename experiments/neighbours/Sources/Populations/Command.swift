import Foundation

/// `neighbours-study SYSTEM FIRST-LAST [ARM [FOLDER]]` trains populations and prints an outcome a line, as JSON.
/// `neighbours-study check SYSTEM` reproduces what the system is known to do, and prints a check a line.
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
    } else if arguments.count >= 2, let problem = problems.first(where: { $0.name == arguments[0] }),
      let seeds = seeds(arguments[1])
    {
      let arms = arguments.count > 2 ? [arguments[2]] : ["pbt", "random"] + problem.furtherArms
      try await study(problem, seeds: seeds, arms: arms, folder: arguments.count > 3 ? arguments[3] : nil)
    } else {
      let names = problems.map { $0.name }.joined(separator: ", ")
      print("neighbours-study SYSTEM FIRST-LAST [ARM [FOLDER]], where SYSTEM is one of \(names)")
      print("neighbours-study check SYSTEM, where SYSTEM is one of \(checks.keys.sorted().joined(separator: ", "))")
      exit(2)
    }
  }

  private static func seeds(_ text: String) -> ClosedRange<UInt64>? {
    let bounds = text.split(separator: "-").compactMap { UInt64($0) }
    guard let first = bounds.first, let last = bounds.last, first <= last else { return nil }
    return first...last
  }

  private static func study<P: Problem>(
    _ problem: P.Type, seeds: ClosedRange<UInt64>, arms: [String], folder: String?
  ) async throws {
    for seed in seeds {
      for arm in arms {
        try printLine(await outcome(of: P(seed: seed, arm: arm), arm: arm, seed: seed, in: folder))
      }
    }
  }

  private static func printLine(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }
}
