import PoptrainJSON
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

struct `A trainer's report` {
  private let assignment = Assignment(
    id: "x", member: 0, number: 1, kind: .train, ages: 100..<110, totalSteps: 100, memberSteps: 100, donor: nil,
    seed: 7,
    hyperparameters: ["lr": .number(0.1), "layers": .integer(3), "act": .text("relu"), "norm": .boolean(true)],
    checkpoint: nil, parent: nil, saveTo: "/nowhere")

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

  @Test(
    arguments: [
      (#""steps": 3, "counted": 10"#, nil, "it counted 10 steps, but reported 3 (10 were asked for). "),
      (#""steps": 10, "counted": 3"#, nil, "it counted 3 steps, but reported 10 (10 were asked for). "),
      (#""steps": 3"#, 110, "it told of 10 steps, but reported 3 (10 were asked for). "),
      (#""read": []"#, 115, "it told of 15 steps, but reported 10 (10 were asked for). "),
      (#""steps": 3"#, 103, nil), (#""steps": 3"#, 101, nil), (#""steps": 12"#, 112, nil), (#""read": []"#, nil, nil),
      (#""steps": 3"#, nil, nil),
    ] as [(String, Int?, String?)])
  func `tells steps that were counted from those that are reported`(
    _ fields: String, _ reached: Int?, _ warning: String?
  ) throws {
    let report = try TrainerReport(try JSON.parse(#"{"metrics": {}, \#(fields)}"#))
    let warnings = try report.trained(assignment, logged: [], reached: reached).warnings
    #expect(warnings.count == (warning == nil ? 0 : 1))
    #expect(warning.map { warnings.first?.hasPrefix($0) == true } ?? true, "\(warnings)")
  }

  @Test(arguments: [1 << 45, 1 << 50, 1 << 53])
  func `is refused where no reader would believe its steps`(_ steps: Int) throws {
    #expect { try trained(#"{"metrics": {}, "steps": \#(steps)}"#) } throws: { error in
      (error as? TrainerFailure)?.reason == .contract && "\(error)".contains("2^45")
    }
    #expect(try trained(#"{"metrics": {}, "steps": \#((1 << 45) - 100)}"#).steps == (1 << 45) - 100)
  }

  @Test func `is refused where it is longer than what may be logged`() throws {
    let list = repeatElement("0", count: 99_999).joined(separator: ",")
    #expect(try trained(#"{"metrics": {"a": [\#(list)], "b": 1}}"#).metrics["a"] == 0)
    #expect { try trained(#"{"metrics": {"a": [\#(list)], "b": [1, 2]}}"#) } throws: { error in
      (error as? TrainerFailure)?.reason == .garbage
    }
  }

  @Test func `warns alike where only numbers differ`() {
    #expect(
      kind(ofWarning: "it counted 10 steps, but reported 3 (4 were")
        == kind(ofWarning: "it counted 7 steps, but reported 12 (4 were"))
    for numbers in [("10", "-3"), ("0.5", "1e-05"), ("5%", "12.5%"), ("(1,000", "(2"), ("3;", "4.")] {
      #expect(kind(ofWarning: "it took \(numbers.0) of them") == kind(ofWarning: "it took \(numbers.1) of them"))
    }
    #expect(kind(ofWarning: "the metric 'top1' is") != kind(ofWarning: "the metric 'top5' is"))
  }

  @Test func `tells of an evaluation that trained, whatever it reports`() throws {
    var evaluation = assignment
    evaluation.kind = .evaluate
    evaluation.ages = 100..<100
    let report = try TrainerReport(try JSON.parse(#"{"metrics": {}, "counted": 5}"#))
    #expect(
      try report.trained(evaluation, logged: []).warnings.first?.hasPrefix("it counted 5 steps in an eval") == true)
    let silent = try TrainerReport(try JSON.parse(#"{"metrics": {}}"#))
    #expect(try silent.trained(evaluation, logged: [], reached: 100).warnings == [])
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
      (.number(0.1), #""Infinity""#, false), (.integer(3), #""-Infinity""#, false),
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
      (error as? TrainerFailure)?.message.hasPrefix(#"act was given as relu, but "tanh" was applied"#) == true
    }
  }

  /// The message of a report whose declared values differ from the given ones.
  private func complaint(_ atFirst: String, _ atEnd: String?, isLoaded: Bool) throws -> String {
    var assignment = assignment
    assignment.checkpoint = isLoaded ? "/somewhere" : nil
    assignment.hyperparameters = [
      "my_lr": .number(0.1), "momentum": .number(0.9), "act": .text("relu"), "dropout": .number(0.5),
    ]
    let atEnd = atEnd.map { #", "in_force_at_end": {\#($0)}"# } ?? ""
    do {
      _ = try trained(#"{"metrics": {}, "in_force": {\#(atFirst)}\#(atEnd)}"#, assignment)
      return ""
    } catch let failure as TrainerFailure {
      #expect(failure.reason == .notInForce)
      return failure.message
    }
  }

  @Test func `finds what a restored optimizer brings back, and says how to set it`() throws {
    #expect(
      try complaint(#""my_lr": 0.2"#, #""my_lr": 0.2"#, isLoaded: true) == """
        my_lr was given as 0.1, but 0.2 was applied at first and at the end of the interval. A restored optimizer brings \
        the old value back: set the new one after loading, in PyTorch `for group in optimizer.param_groups: group["lr"] = \
        interval["my_lr"]`. The state of a scheduler, other than a ReduceLROnPlateau, holds the old one too: do not load it, \
        but set `initial_lr` like `lr`, build the scheduler after that with the new rate, and step it to the age of the model, \
        `for _ in range(interval.start): scheduler.step()`. Or let `poptrain.torch.State` load it all
        """)
    let momentum = try complaint(#""momentum": 0.8"#, nil, isLoaded: true)
    #expect(momentum.contains(#"group["momentum"] = interval["momentum"]"#) && !momentum.contains("scheduler"))
  }

  @Test func `finds what a restored scheduler sets again, and says what to declare`() throws {
    let message = try complaint(#""my_lr": 0.1"#, #""my_lr": 0.005"#, isLoaded: true)
    #expect(message.hasPrefix("my_lr was applied as given, 0.1, at first, but was 0.005 at the end of the interval. "))
    for remedy in [
      "`for _ in range(interval.start): scheduler.step()`", "`lambda: scheduler.base_lrs[0]`",
      #"`lambda: optimizer.param_groups[0]["max_lr"]`"#,
    ] {
      #expect(message.contains(remedy))
    }
  }

  @Test func `knows where nothing was restored`() throws {
    for message in [
      try complaint(#""my_lr": 0.1"#, #""my_lr": 0.05"#, isLoaded: false),
      try complaint(#""my_lr": 0"#, nil, isLoaded: false),
    ] {
      #expect(message.contains("Nothing was loaded"))
      #expect(message.contains("declare what the schedule computes from, `lambda: scheduler.base_lrs[0]`"))
      #expect(!message.contains("restored") && !message.contains("scheduler.step()"))
    }
  }

  @Test(arguments: [true, false])
  func `speaks of optimizers only where it looks like one`(_ isLoaded: Bool) throws {
    for (name, given, other) in [("act", #""relu""#, #""tanh""#), ("dropout", "0.5", "0.4")] {
      for message in [
        try complaint("\"\(name)\": \(other)", nil, isLoaded: isLoaded),
        try complaint("\"\(name)\": \(given)", "\"\(name)\": \(other)", isLoaded: isLoaded),
      ] {
        #expect(message.hasPrefix("\(name) was "))
        #expect(!message.contains("optimizer") && !message.contains("scheduler"), "\(message)")
      }
    }
  }

  @Test func `names all that differ in one message`() throws {
    let message = try complaint(
      #""my_lr": 0.2, "momentum": 0.8, "act": "relu""#, #""my_lr": "NaN", "momentum": 0.9, "act": "tanh""#,
      isLoaded: true)
    for part in [
      "my_lr was given as 0.1, but 0.2 was applied at first, and NaN at the end of the interval; ",
      "momentum was given as 0.9, but 0.8 was applied at first; ",
      #"act was applied as given, relu, at first, but was "tanh" at the end of the interval. "#,
      #"group["lr"] = interval["my_lr"]; group["momentum"] = interval["momentum"]`"#,
    ] { #expect(message.contains(part), "\(message)") }
  }

  @Test func `takes values that stayed as they were given`() throws {
    #expect(try complaint(#""my_lr": 0.1, "act": "relu""#, #""my_lr": 0.1"#, isLoaded: true) == "")
    #expect(try complaint("", "", isLoaded: true) == "")
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

  @Test func `keeps apart what has no value yet`() throws {
    let trained = try trained(#"{"metrics": {"a": null, "b": [], "c": [null], "d": [null, 1, 3], "e": "NaN", "f": 2}}"#)
    #expect(trained.notMeasured == ["a", "b", "c"])
    #expect(trained.metrics["d"] == 2 && trained.metrics["f"] == 2 && trained.metrics["e"]?.isNaN == true)
    #expect(trained.metrics.count == 3 && trained.leftOut.isEmpty && trained.warnings.isEmpty)
  }

  @Test(arguments: [#""good""#, "true", "{}", #"{"mean": 1}"#, #"[1, "x"]"#, "[[1]]", "[null, {}]"])
  func `leaves out what is no number, with a warning`(_ value: String) throws {
    let trained = try trained(#"{"metrics": {"a": \#(value), "b": 1}}"#)
    #expect(trained.metrics == ["b": 1] && trained.notMeasured.isEmpty)
    #expect(trained.leftOut["a"] == "is \(try JSON.parse(value))")
    #expect(trained.warnings == ["the metric 'a' is not a number and was ignored"])
    let failure = TrainerFailure(noMetric: "a", in: trained)
    #expect(failure.reason == .noMetric)
    #expect(failure.message.hasPrefix("it did not report a, the experiment's `metric`, as a number: a is "))
    #expect(TrainerFailure(noMetric: "c", in: trained).message.hasSuffix("it reported b"))
  }

  @Test func `takes over what a client has left out`() throws {
    let trained = try trained(#"{"metrics": {"b": 1}, "left_out": {"a": "is 'good' (str)"}}"#)
    #expect(trained.leftOut == ["a": "is 'good' (str)"])
    #expect(trained.warnings == ["the metric 'a' is not a number and was ignored"])
    #expect(TrainerFailure(noMetric: "a", in: trained).message.hasSuffix("as a number: a is 'good' (str)"))
  }

  @Test func `dates the evaluations of a list by the age that was reached`() throws {
    let evaluations = try trained(#"{"metrics": {"a": [1, 3]}, "steps": 4}"#).evaluations
    #expect(evaluations == [Evaluation(age: 104, metrics: ["a": 1]), Evaluation(age: 104, metrics: ["a": 3])])
  }

  @Test(arguments: [
    ("0", false), ("-1", false), ("1", true), ("null", true), ("35184372088732", true), ("9007199254740993", false),
  ])
  func `counts steps from one on`(_ steps: String, _ isRight: Bool) {
    #expect(((try? trained(#"{"metrics": {}, "steps": \#(steps)}"#)) != nil) == isRight)
  }

  @Test func `counts no steps for an evaluation`() throws {
    var assignment = assignment
    assignment.kind = .evaluate
    assignment.ages = 100..<100
    let good = try trained(#"{"metrics": {"a": 1}}"#, assignment)
    #expect(good.steps == 0 && good.warnings.isEmpty)
    #expect(throws: TrainerFailure.self) { try trained(#"{"metrics": {}, "steps": -1}"#, assignment) }

    let trains = try trained(#"{"metrics": {"a": 1}, "steps": 3}"#, assignment)
    #expect(trains.steps == 3 && trains.warnings.count == 1)
    #expect(trains.warnings[0].hasPrefix("it reported 3 steps of an evaluation, in which there are none to train. "))
    #expect(trains.warnings[0].contains("`steps=0`"))

    let counts = try trained(#"{"metrics": {"a": 1}, "steps": 3, "counted": 3}"#, assignment)
    #expect(counts.warnings[0].hasPrefix("it counted 3 steps in an evaluation, in which there are none to train. "))
    #expect(counts.warnings[0].contains("`if interval.is_evaluation`"))
  }
}
