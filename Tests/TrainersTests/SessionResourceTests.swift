import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

/// Each in a process of its own, since descriptors, children and memory are counted.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct `The engine's process` {
  @Test func `keeps no descriptor and no child of its trainers`() async {
    await #expect(processExitsWith: .success) {
      let workshop = try Workshop()
      let warm = workshop.session(intervalsPerProcess: 1)
      _ = await warm.train(try workshop.assignment())
      let before = Self.openDescriptors()
      let many = workshop.session()
      for number in 1...200 {
        try #require(await many.train(try workshop.assignment(number)).trained != nil)
      }
      await many.shutDown()
      for number in 1...50 {
        try #require(await warm.train(try workshop.assignment(number)).trained != nil)
      }
      let missing = SessionTrainer(workshop.program(["no-such-program"]), space: space)
      var nowhere = workshop.program()
      nowhere.folder += "/nowhere"
      let homeless = SessionTrainer(nowhere, space: space)
      for _ in 1...20 {
        _ = await missing.train(try workshop.assignment())
        _ = await homeless.train(try workshop.assignment())
      }
      try #require(Self.openDescriptors() <= before)
      try #require(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD)
    }
  }

  @Test func `needs no memory for what trainers print and send`() async {
    await #expect(processExitsWith: .success) {
      let workshop = try Workshop(
        """
        interval = begin()
        for line in range(50):
            os.write(1, b"x" * 1_000_000 + b"\\n")
        print("the end")
        if interval["number"] == 1:
            done(interval)
            hear()
        send(b"y" * 100_000_000)
        """)
      let trainer = workshop.session(intervalsPerProcess: 1)
      let first = try #require(await trainer.train(try workshop.assignment(1)).trained)
      try #require(first.log?.bytes == 0..<50_000_058)
      let second = try #require(await trainer.train(try workshop.assignment(2)).failure)
      try #require(second.logTail.hasSuffix("x\nthe end") && second.logTail.utf8.count < 9000)
      // The peak since this program began; what `getrusage` says has that of the test process in it.
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let peak = try #require(status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) })
      try #require(peak < 150_000, "\(peak) kB")
    }
  }

  @Test func `takes its trainers with it when it is killed`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      say(type="progress", interval=interval["id"], step=1)
      while True: signal.pause()
      """)
    try workshop.write("", to: "alive")
    let path = workshop.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let program = TrainerProgram(
        command: [Workshop.python, "-S", "train.py"], folder: path,
        environment: ProcessInfo.processInfo.environment, logPath: path + "/trainer.log", hangTimeout: .seconds(600))
      let assignment = Assignment(
        id: "0-1-abc", member: 0, number: 1, kind: .train, ages: 0..<10, totalSteps: 100, memberSteps: 0,
        donor: nil, seed: 7, hyperparameters: values, checkpoint: nil, parent: nil, saveTo: path)
      _ = await SessionTrainer(program, space: space).train(assignment) { _ in kill(getpid(), SIGKILL) }
    }
    await workshop.everyoneIsGone()
  }

  static func openDescriptors() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
  }
}
