import PopulationBasedTraining
import Synchronization
import Testing

@testable import PoptrainTrainers

@Suite(.serialized, .timeLimit(.minutes(20)))
struct `A session trainer` {
  @Test func `trains interval after interval in one process`() async throws {
    let workshop = try Workshop()
    let trainer = workshop.session()
    var processes: Set<Int?> = []
    for number in 1...5 {
      let outcome = await trainer.train(try workshop.assignment(number))
      #expect(outcome.trained?.steps == 10)
      #expect(outcome.trained?.metrics["score"] == 0.5)
      processes.insert(outcome.process)
    }
    #expect(processes.count == 1)
    await trainer.shutDown()
    await workshop.everyoneIsGone()
  }

  @Test func `is told everything about an interval`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      print(json.dumps(interval, sort_keys=True))
      print(list(interval["hyperparameters"].items()))
      print(os.getcwd(), sys.stdin.read() == "")
      done(interval)
      """)
    var assignment = try workshop.assignment(3)
    assignment.checkpoint = "/somewhere"
    (assignment.memberSteps, assignment.donor) = (35, 6)
    let trainer = workshop.session()
    let trained = try #require(await trainer.train(assignment).trained)
    let printed = try workshop.text(of: trained.log)
    for part in [
      #""id": "0-3-abc""#, #""member": 0"#, #""number": 3"#, #""kind": "train""#, #""start": 20"#, #""stop": 30"#,
      #""total_steps": 100"#, #""member_steps": 35"#, #""donor": 6"#, #""seed": 7"#, #""checkpoint": "/somewhere""#,
      #""warm": false"#,
      "\"save_to\": \"\(assignment.saveTo)\"",
      "[('lr', 0.1), ('layers', 3), ('act', 'relu'), ('norm', True)]", "\(workshop.path) True",
    ] { #expect(printed.contains(part)) }
    await trainer.shutDown()
  }

  @Test func `hands on progress, evaluations, steps and what was not read`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      say(type="progress", interval=interval["id"])
      say(type="progress", interval=interval["id"], step=4)
      say(type="log", interval=interval["id"], metrics={"score": 0.1})
      say(type="log", interval=interval["id"], step=6, metrics={"score": "NaN", "name/with é": 2})
      say(type="progress", interval=interval["id"], step=9, extra={"ignored": [1, 2]})
      done(interval, {"score": [1, 2, 6]}, steps=12, in_force={"lr": 0.1}, read=["layers"])
      """)
    let ages = Mutex<[Int]>([])
    let trainer = workshop.session()
    let outcome = await trainer.train(try workshop.assignment()) { age in ages.withLock { $0.append(age) } }
    let trained = try #require(outcome.trained)
    #expect(ages.withLock { $0 } == [4, 9])
    #expect(trained.steps == 12)
    #expect(trained.metrics == ["score": 3])
    #expect(trained.unread == ["act", "norm"])
    #expect(trained.evaluations.map(\.age) == [4, 6, 12, 12, 12])
    #expect(trained.evaluations[1].metrics["score"]?.isNaN == true)
    #expect(trained.evaluations[1].metrics["name/with é"] == 2)
    #expect(trained.evaluations[2...].map { $0.metrics["score"] } == [1, 2, 6])
    await trainer.shutDown()
  }

  @Test func `keeps apart what was printed during each interval`() async throws {
    let workshop = try Workshop(
      """
      print("starting")
      hello()
      for interval in intervals():
          print("out", interval["number"])
          print("err", interval["number"], file=sys.stderr)
          done(interval)
      """)
    let trainer = workshop.session()
    let first = await trainer.train(try workshop.assignment(1))
    let second = await trainer.train(try workshop.assignment(2))
    #expect(try workshop.text(of: first.trained?.log) == "starting\nout 1\nerr 1\n")
    #expect(try workshop.text(of: second.trained?.log) == "out 2\nerr 2\n")
    await trainer.shutDown()
  }

  @Test func `that reports a failure itself goes on in the same process`() async throws {
    let workshop = try Workshop(
      """
      hello()
      for interval in intervals():
          print("last words", interval["number"])
          if interval["number"] == 2:
              say(type="failed", interval=interval["id"], message="no data today")
          elif interval["number"] == 3:
              say(type="invalid", interval=interval["id"], message="too deep")
          elif interval["number"] == 4:
              done(interval, steps=0)
          elif interval["number"] == 5:
              say(type="failed", interval=interval["id"], message="nothing was saved", retry=False)
          else:
              done(interval)
      """)
    let trainer = workshop.session()
    let first = await trainer.train(try workshop.assignment(1))
    let failure = try #require(await trainer.train(try workshop.assignment(2)).failure)
    #expect(failure.reason == .failed)
    #expect(failure.message == "it reported a failure: no data today")
    #expect(failure.logTail == "last words 2")

    guard case .invalid(let message, let log) = await trainer.train(try workshop.assignment(3)) else {
      Issue.record("not invalid")
      return
    }
    #expect(message == "too deep")
    #expect(try workshop.text(of: log) == "last words 3\n")

    let noSteps = try #require(await trainer.train(try workshop.assignment(4)).failure)
    #expect(noSteps.reason == .contract)
    #expect(noSteps.message.hasPrefix("it reported 0 steps of 10: "))
    let breach = try #require(await trainer.train(try workshop.assignment(5)).failure)
    #expect(breach.reason == .contract && breach.reason.isBreach)
    #expect(breach.message == "nothing was saved")
    let last = await trainer.train(try workshop.assignment(6))
    #expect(last.process == first.process && last.process != nil)
    await trainer.shutDown()
  }

  @Test func `may train fewer steps than asked`() async throws {
    let workshop = try Workshop("done(begin(), steps=3)")
    let trainer = workshop.session()
    #expect(await trainer.train(try workshop.assignment()).trained?.steps == 3)
    await trainer.shutDown()
  }

  /// A program of several Python files that use the client.
  private func client(_ workshop: Workshop, environment: [String: String] = [:]) -> SessionTrainer {
    let package = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/python"
    let variables = ["PYTHONPATH": package, "POPTRAIN_PROTOCOL": "1"].merging(environment) { $1 }
    let program = workshop.program([Workshop.python, "-S", "client.py"], environment: variables)
    return SessionTrainer(program, space: space)
  }

  @Test func `speaks through the Python client`() async throws {
    let workshop = try Workshop()
    try workshop.write(
      """
      import poptrain
      for interval in poptrain.intervals():
          for step in interval.steps:
              rate = interval["lr"]
          (interval.save_to / "model").write_text(str(rate))
          interval.log({"score": 0.25})
          interval.report(score=0.75)
      """, to: "client.py")
    let trainer = client(workshop)
    for number in 1...2 {
      let outcome = await trainer.train(try workshop.assignment(number))
      let trained = try #require(outcome.trained, "\(outcome)")
      #expect(trained.metrics["score"] == 0.75)
      #expect(trained.evaluations.map { $0.metrics["score"] } == [0.25])
      #expect(trained.unread == ["act", "layers", "norm"])
    }
    await trainer.shutDown()
  }

  @Test func `is told by the Python client of what it declares, counts and leaves out`() async throws {
    let workshop = try Workshop()
    try workshop.write(
      """
      import poptrain
      while (interval := poptrain.next_interval()) is not None:
          (interval.save_to / "model").write_text("weights")
          group = {"lr": interval["lr"]}
          interval.applied(lr=lambda: group["lr"])
          print(interval.member_start, interval.member_step, interval.donor, interval.is_copy, interval.horizon)
          try:
              if interval.number == 1:
                  group["lr"] = 0.7
                  interval.report(score=1, steps=10)
              elif interval.number == 2:
                  interval.report(score=1)
              else:
                  interval.advance(4)
                  interval.report({"score": 1, "sharpe": None, "note": "warm-up"})
          except poptrain.Error:
              pass
      """, to: "client.py")
    let trainer = client(workshop)
    let differs = try #require(await trainer.train(try workshop.assignment(1)).failure)
    #expect(differs.reason == .notInForce)
    #expect(differs.message.contains("but was 0.7 at the end of the interval. Nothing was loaded"))
    let nothing = try #require(await trainer.train(try workshop.assignment(2)).failure)
    #expect(nothing.reason == .contract)
    #expect(nothing.message.hasPrefix("no steps were trained: 10 were asked for, 0 were counted"))
    var third = try workshop.assignment(3)
    (third.memberSteps, third.donor, third.totalSteps) = (50, 2, 25)
    let trained = try #require(await trainer.train(third).trained)
    #expect(trained.steps == 4 && trained.notMeasured == ["sharpe"] && trained.leftOut["note"] == "is 'warm-up' (str)")
    #expect(try workshop.text(of: trained.log) == "50 50 2 True 30\n")
    await trainer.shutDown()
  }

  @Test func `refuses a second connection with a word, and goes on with the first`() async throws {
    let workshop = try Workshop(
      """
      hello()
      for attempt in range(3):
          other = socket.socket(socket.AF_UNIX)
          other.connect(os.environ["POPTRAIN_SOCKET"])
          other.sendall(b'{"type": "hello", "protocol": 1}\\n')
          heard = other.makefile("rb").readline()
          print(json.loads(heard)["type"], "one connection" in json.loads(heard)["message"])
      for interval in intervals():
          done(interval)
      """)
    let trainer = workshop.session()
    let first = await trainer.train(try workshop.assignment(1))
    #expect(first.trained != nil, "\(first)")
    #expect(try workshop.text(of: first.trained?.log) == "refused True\nrefused True\nrefused True\n")
    #expect(await trainer.train(try workshop.assignment(2)).process == first.process)
    await trainer.shutDown()
    await workshop.everyoneIsGone()
  }

  @Test func `tells the second of two processes that ask through the Python client`() async throws {
    let workshop = try Workshop()
    try workshop.write(
      """
      import os, subprocess, sys, poptrain
      asked = poptrain.intervals()
      if len(sys.argv) == 1:
          child = subprocess.run([sys.executable, "-S", "client.py", "child"], capture_output=True, text=True)
          print(child.returncode, child.stderr.splitlines()[-1])
      for interval in asked:
          for step in interval.steps: pass
          (interval.save_to / "model").write_text("weights")
          interval.report(score=0.75)
      print("the loop is over")
      """, to: "client.py")
    let trainer = client(workshop)
    let trained = try #require(await trainer.train(try workshop.assignment()).trained)
    let printed = try workshop.text(of: trained.log)
    #expect(printed.hasPrefix("1 poptrain.errors.Error: Poptrain refuses this process: "), "\(printed)")
    #expect(printed.contains("only one of its processes may ask for intervals"))
    await trainer.shutDown()
  }

  @Test(arguments: [["RANK": "1", "WORLD_SIZE": "2"], ["OMPI_COMM_WORLD_RANK": "3"]])
  func `says how ranks other than 0 are told`(_ environment: [String: String]) async throws {
    let workshop = try Workshop()
    try workshop.write("import poptrain\nfor interval in poptrain.intervals(): pass", to: "client.py")
    let trainer = client(workshop, environment: environment)
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.reason == .contract)
    #expect(failure.message.contains("only rank 0 asks Poptrain for intervals"))
    #expect(failure.message.contains("broadcast_object_list"))
    await trainer.shutDown()
  }

  @Test func `does not take a good interval of rank 0 for a trainer whose ranks all ask`() async throws {
    let workshop = try Workshop()
    try workshop.write(
      """
      import os, subprocess, sys, poptrain
      for interval in poptrain.intervals():
          for step in interval.steps: pass
          (interval.save_to / "model").write_text("weights")
          interval.report(score=0.75)
          subprocess.run([sys.executable, "-S", "client.py"], env={**os.environ, "RANK": "1"})
          sys.exit(1)
      """, to: "client.py")
    let trainer = client(workshop)
    #expect(await trainer.train(try workshop.assignment(1)).trained != nil)
    for number in 2...3 {
      let failure = try #require(await trainer.train(try workshop.assignment(number)).failure)
      #expect(failure.reason == .contract)
      #expect(failure.message.contains("only rank 0 asks Poptrain for intervals"), "\(failure.message)")
    }
    await trainer.shutDown()
  }
}
