import JSON
import PopulationBasedTraining
import Testing

@testable import Trainers

struct `A trainer's report` {
  private let assignment = Assignment(
    id: "x", member: 0, number: 1, kind: .train, ages: 100..<110, totalSteps: 100, seed: 7,
    hyperparameters: ["lr": .number(0.1), "layers": .integer(3), "act": .text("relu"), "norm": .boolean(true)],
    checkpoint: nil, saveTo: "/nowhere")

  private func trained(_ text: String, _ assignment: Assignment? = nil) throws -> TrainedInterval {
    try TrainerReport(try JSON.parse(text)).trained(assignment ?? self.assignment, logged: [])
  }

  private func isInForce(_ name: String, _ given: Value, _ declared: String) throws -> Bool {
    var assignment = assignment
    assignment.hyperparameters[name] = given
    do {
      _ = try trained(#"{"metrics": {}, "in_force": {"\#(name)": \#(declared)}}"#, assignment)
      return true
    } catch let failure as TrainerFailure {
      #expect(failure.reason == .notInForce)
      return false
    }
  }

  @Test(arguments: [0.1, 1e-5, 3e-4, 0.3333333333, 123456.789, 1e30, -0.7])
  func `takes a value that went through 32 bits, and no other`(_ value: Double) throws {
    #expect(try isInForce("lr", .number(value), "\(value)"))
    #expect(try isInForce("lr", .number(value), "\(Double(Float(value)))"))
    #expect(try isInForce("lr", .number(Double(Float(value))), "\(value)"))
    #expect(try isInForce("lr", .number(value), "\(Double(Float(value).nextUp))"))
    #expect(try isInForce("lr", .number(value), "\(Double(Float(value).nextDown))"))
    for factor in [1 + 1e-6, 1 - 1e-6, -1, 2, 0] {
      #expect(try !isInForce("lr", .number(value), "\(value * factor)"))
    }
  }

  @Test(
    arguments: [
      (.number(0), "0", true), (.number(0), "1e-30", false), (.number(0.1), #""NaN""#, false),
      (.number(0.1), #""0.1""#, false), (.number(0.1), "null", false), (.number(1), "1", true),
      (.number(1), "true", false), (.integer(3), "3", true), (.integer(3), "3.0", true), (.integer(3), "4", false),
      (.text("relu"), #""relu""#, true), (.text("relu"), #""tanh""#, false), (.text("NaN"), #""NaN""#, true),
      (.boolean(true), "true", true), (.boolean(true), "false", false), (.boolean(true), "1", false),
    ] as [(Value, String, Bool)])
  func `compares values of every kind`(_ given: Value, _ declared: String, _ isSame: Bool) throws {
    #expect(try isInForce("lr", given, declared) == isSame)
  }

  @Test func `names both values where they differ`() {
    #expect {
      try trained(#"{"metrics": {}, "in_force": {"act": "tanh"}}"#)
    } throws: { error in
      (error as? TrainerFailure)?.message.hasPrefix(#"act was given as relu, but "tanh" was in force"#) == true
    }
  }

  @Test(arguments: [
    ("", []), (#", "read": []"#, ["act", "layers", "lr", "norm"]), (#", "read": ["lr", "act"]"#, ["layers", "norm"]),
    (#", "read": ["lr"], "in_force": {"layers": 3}"#, ["act", "norm"]), (#", "in_force": {"layers": 3}"#, []),
  ])
  func `tells what was not read`(_ more: String, _ unread: [String]) throws {
    #expect(try trained(#"{"metrics": {}\#(more)}"#).unread == unread)
  }

  @Test func `takes metrics that are infinite or no number, and means of lists with them`() throws {
    let metrics = try trained(#"{"metrics": {"a": "NaN", "b": "-Infinity", "c": [1, "Infinity"], "d": 2}}"#).metrics
    #expect(metrics["a"]?.isNaN == true)
    #expect(metrics["b"] == -.infinity)
    #expect(metrics["c"] == .infinity)
    #expect(metrics["d"] == 2)
  }

  @Test func `dates the evaluations of a list by the age that was reached`() throws {
    let evaluations = try trained(#"{"metrics": {"a": [1, 3]}, "steps": 4}"#).evaluations
    #expect(evaluations == [Evaluation(age: 104, metrics: ["a": 1]), Evaluation(age: 104, metrics: ["a": 3])])
  }

  @Test(arguments: [
    ("0", false), ("-1", false), ("1", true), ("null", true), ("9007199254740992", true), ("9007199254740993", false),
  ])
  func `counts steps from one on`(_ steps: String, _ isRight: Bool) {
    #expect(((try? trained(#"{"metrics": {}, "steps": \#(steps)}"#)) != nil) == isRight)
  }

  @Test func `counts no steps for an evaluation`() throws {
    var assignment = assignment
    assignment.kind = .evaluate
    assignment.ages = 100..<100
    #expect(try trained(#"{"metrics": {"a": 1}}"#, assignment).steps == 0)
    #expect(throws: TrainerFailure.self) { try trained(#"{"metrics": {}, "steps": -1}"#, assignment) }
  }
}
