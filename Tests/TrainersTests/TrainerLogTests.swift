import PoptrainText
import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

struct `A trainer's log` {
  private func log(_ text: String) throws -> (Workshop, TrainerLog) {
    let workshop = try Workshop()
    try workshop.write(text, to: "worker-0.log")
    return (workshop, TrainerLog(path: workshop.path + "/worker-0.log"))
  }

  @Test func `names the part that was printed since`() throws {
    let (workshop, log) = try log("one\ntwo\n")
    #expect(log.size == 8)
    #expect(log.segment(from: 4) == LogSegment(file: "worker-0.log", bytes: 4..<8))
    #expect(try workshop.text(of: log.segment(from: 4)) == "two\n")
    // Someone has made it shorter.
    #expect(log.segment(from: 20).bytes == 20..<20)
    #expect(log.text(from: 20) == "")
    #expect(log.tail(from: 20) == "")
  }

  @Test func `is empty where there is none`() {
    let log = TrainerLog(path: "/nowhere/worker-0.log")
    #expect(log.size == 0)
    #expect(log.segment(from: 0).bytes.isEmpty)
    #expect(log.tail(from: 0) == "")
  }

  @Test(arguments: ["", "\n", "\n\n  \n"]) func `ends with the last twenty lines`(_ end: String) throws {
    let (workshop, log) = try log((1...30).map { "line \($0)" }.joined(separator: "\n") + end)
    let lines = log.tail(from: 0).split(separator: "\n")
    #expect(lines.count == 20 && lines.first == "line 11" && lines.last == "line 30")
    #expect(log.tail(from: log.size - end.utf8.count - 7) == "line 30")
    withExtendedLifetime(workshop) {}
  }

  @Test func `counts lines however they end`() throws {
    let (workshop, log) = try log((1...30).map { "line \($0)\r\n" }.joined())
    #expect(log.tail(from: 0, lines: 2) == "line 29\nline 30")
    withExtendedLifetime(workshop) {}
  }

  @Test func `keeps the beginning and the end of a line that is too long, and all others`() throws {
    let (workshop, log) = try log("before\n" + String(repeating: "é", count: 10_000) + "!\nafter")
    let lines = log.tail(from: 0).split(separator: "\n")
    #expect(lines.count == 3 && lines[0] == "before" && lines[2] == "after")
    #expect(lines[1].count < 510 && lines[1].hasPrefix("éé") && lines[1].hasSuffix("é!"))
    withExtendedLifetime(workshop) {}
  }

  @Test func `gives back the room of all but its end, which stays where it was`() throws {
    let (workshop, log) = try log(String(repeating: "x", count: 1 << 20) + "end")
    log.trim(to: 1 << 21)
    #expect(log.read(0..<log.size).lost == 0)
    log.trim(to: 1 << 18)
    #expect(log.size == 1 << 20 + 3)
    let whole = log.read(0..<log.size)
    #expect(whole.lost == 3 << 18 && whole.bytes.count == 1 << 18 + 3 && !whole.bytes.contains(0))
    #expect(log.read(5..<100).bytes == [] && log.read(5..<100).lost == 95)
    #expect(String(decoding: log.read((1 << 20)..<log.size).bytes, as: UTF8.self) == "end")
    #expect(log.tail(from: 0).hasSuffix("xend"))
    // What was never there is not lost.
    #expect(log.read((1 << 21)..<(1 << 22)).lost == 0)
    withExtendedLifetime(workshop) {}
  }

  @Test func `hands out the last eight MiB`() throws {
    let (workshop, log) = try log(String(repeating: "x", count: 9 << 20) + "end")
    let text = log.text(from: 5)
    #expect(text.utf8.count == 8 << 20)
    #expect(text.hasSuffix("xend"))
    withExtendedLifetime(workshop) {}
  }
}

struct `The clock of this process` {
  @Test func `does not count the time in which it did not run`() {
    var time = RunningTime(at: 100)
    var now = 100.0
    for _ in 0..<40 {
      now += RunningTime.period
      _ = time.read(at: now)
    }
    #expect(time.read(at: now) == 10)
    // Stopped for an hour.
    now += 3600
    let after = time.read(at: now)
    #expect(after - 10 <= RunningTime.longest)
    #expect(time.read(at: now + 0.125) == after + 0.125)
    // A clock that goes back stands still.
    #expect(time.read(at: now - 50) == after + 0.125)
  }

  @Test func `goes on while it runs`() async {
    let deadline = RunningClock.Instant.now + .milliseconds(700)
    let start = ContinuousClock.now
    while RunningClock.Instant.now < deadline { await Task.yield() }
    #expect(ContinuousClock.now - start >= .milliseconds(700))
  }
}

struct `Waiting for descriptors` {
  private func pipes(_ body: (_ reading: CInt, _ writing: CInt) async -> Void) async {
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    await body(ends[0], ends[1])
    close(ends[0])
    close(ends[1])
  }

  @Test func `says which of them are ready`() async {
    await pipes { reading, writing in
      let waiter = DescriptorWaiter()
      let ready = await waiter.wait(
        for: [(reading, events: POLLIN), (writing, events: POLLOUT)], until: .now + .seconds(60))
      #expect(ready == [false, true])
      #expect(write(writing, "x", 1) == 1)
      #expect(await waiter.wait(for: [(reading, events: POLLIN)], until: .now + .seconds(60)) == [true])
    }
  }

  @Test func `ends with its time`() async {
    await pipes { reading, _ in
      let waiter = DescriptorWaiter()
      #expect(await waiter.wait(for: [(reading, events: POLLIN)], until: .now) == [false])
      #expect(await waiter.wait(for: [(reading, events: POLLIN)], until: .now + .seconds(-9)) == [false])
      let deadline = RunningClock.Instant.now + .milliseconds(30)
      #expect(await waiter.wait(for: [(reading, events: POLLIN)], until: deadline) == [false])
      #expect(RunningClock.Instant.now >= deadline)
    }
  }

  @Test func `wakes when the other end is closed`() async {
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    let reading = ends[0]
    async let ready = DescriptorWaiter().wait(for: [(reading, events: POLLIN)], until: .now + .seconds(60))
    close(ends[1])
    #expect(await ready == [true])
    close(reading)
  }
}
