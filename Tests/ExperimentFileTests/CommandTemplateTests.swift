import PoptrainExperimentFile
import Testing

struct CommandTemplateTests {
  @Test(arguments: [
    (["train", "--lr={lr}", "{save}/x"], ["train", "--lr=0.1", "/s/x"]),
    (["{args}", "end"], ["--lr=0.1", "--n=2", "end"]),
    (["{{lr}}", "{{{lr}}}", "{lr}}}", "}}{{"], ["{lr}", "{0.1}", "0.1}", "}{"]),
    (["{other}", "", "é{lr}"], ["{other}", "", "é0.1"]),
  ])
  func isFilled(arguments: [String], expected: [String]) throws {
    let template = try CommandTemplate(arguments)
    let values = ["lr": "0.1", "save": "/s"]
    #expect(template.filled(args: ["--lr=0.1", "--n=2"]) { values[$0] } == expected)
  }

  @Test(arguments: ["{", "}", "{a", "a}", "{a{b}}", "{{a}", "{}}"])
  func bracesAreBalanced(argument: String) {
    #expect(throws: CommandTemplate.Malformed.unbalancedBrace) { try CommandTemplate([argument]) }
  }

  @Test(arguments: ["x{args}", "{args}{save}"])
  func argsStandAlone(argument: String) {
    #expect(throws: CommandTemplate.Malformed.argsNotAlone) { try CommandTemplate([argument]) }
  }

  @Test func placeholdersAreNamed() throws {
    #expect(try CommandTemplate(["a", "{x}{y}", "{x}{{z}}"]).placeholders == ["x", "y"])
  }
}
