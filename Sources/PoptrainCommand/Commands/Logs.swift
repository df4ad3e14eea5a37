import PoptrainRuns
import PoptrainText
import ArgumentParser
import PoptrainEngine
import Foundation
import PopulationBasedTraining
import PoptrainStore

struct Logs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Show what the trainer printed while it trained a member.",
    discussion: """
      poptrain logs runs/digits --member 7
      poptrain logs runs/digits --member 7 -f     goes on as more is printed
      """)

  @OptionGroup var argument: RunOption
  @Option(help: "The member, from 0.") var member: Int
  @Flag(name: .shortAndLong, help: "Follow the output until Ctrl-C.") var follow = false

  func run() async throws {
    let run = try argument.open()
    let population = try run.population()
    guard population.members.indices.contains(member) else { throw unknownMember(member, population) }
    var shown = 0
    while true {
      for entry in try run.log(of: member, after: shown) {
        say("── interval \(entry.number)\(entry.failure.map { ": \(harmless($0))" } ?? "") ──")
        if entry.lost > 0 { say("(\(grouped(entry.lost)) bytes before this are no longer kept)") }
        StandardOutput.write(entry.text)
        shown = entry.sequence
      }
      guard follow else { return }
      try await Task.sleep(for: .milliseconds(300))
    }
  }
}
