import PopulationBasedTraining
import Synchronization
import Testing

@testable import PoptrainTrainers

@Suite(.serialized, .timeLimit(.minutes(20)))
struct `A session trainer of several members` {
  private func batch(_ workshop: Workshop, _ members: [Int], number: Int = 1) throws -> [Assignment] {
    try members.map { member in
      var assignment = try workshop.assignment(number)
      assignment.member = member
      assignment.id = "\(member)-\(number)-abc"
      return assignment
    }
  }

  @Test func `says how many it takes, once it is started`() async throws {
    let workshop = try Workshop(
      """
      print("starting")
      hello(3)
      for batch in batches():
          for interval in batch:
              done(interval)
      """)
    let trainer = workshop.session()
    #expect(await trainer.capacity() == Capacity(members: 3))
    let outcomes = await trainer.train(try batch(workshop, [0, 1, 2])) { _, _ in }
    #expect(outcomes.count == 3 && Set(outcomes.map(\.process)).count == 1 && outcomes[0].process != nil)
    // What it printed before it was asked belongs to what it was asked first.
    #expect(try workshop.text(of: outcomes[0].trained?.log) == "starting\n")
    await trainer.shutDown()
  }

  @Test func `is told of each member, and answers in any order`() async throws {
    let workshop = try Workshop(
      """
      hello(8)
      for batch in batches():
          print([interval["member"] for interval in batch])
          for interval in batch:
              say(type="progress", interval=interval["id"], step=interval["member"])
              say(type="log", interval=interval["id"], metrics={"score": interval["member"]})
          for interval in reversed(batch):
              if interval["member"] == 4:
                  say(type="failed", interval=interval["id"], message="no")
              elif interval["member"] == 5:
                  say(type="invalid", interval=interval["id"], message="too deep")
              else:
                  done(interval, {"score": interval["member"]})
      """)
    let trainer = workshop.session()
    let ages = Mutex<[[Int]]>([])
    let outcomes = await trainer.train(try batch(workshop, [7, 4, 5, 1])) { position, age in
      ages.withLock { $0.append([position, age]) }
    }
    #expect(ages.withLock { $0 } == [[0, 7], [1, 4], [2, 5], [3, 1]])
    #expect(outcomes[0].trained?.metrics == ["score": 7] && outcomes[3].trained?.metrics == ["score": 1])
    #expect(outcomes[3].trained?.evaluations == [Evaluation(age: 1, metrics: ["score": 1])])
    #expect(outcomes[1].failure?.message == "it reported a failure: no" && outcomes[1].failure?.isOfProcess == false)
    guard case .invalid("too deep", _) = outcomes[2] else {
      Issue.record("\(outcomes[2])")
      return
    }
    #expect(try workshop.text(of: outcomes[1].failure?.log) == "[7, 4, 5, 1]\n")
    await trainer.shutDown()
  }

  @Test func `has in memory what it saved in its last message, and nothing else`() async throws {
    let workshop = try Workshop(
      """
      hello(4)
      for batch in batches():
          print([[i["member"], i["parent"], i["warm"]] for i in batch])
          for interval in batch:
              if interval["member"] == 3:
                  say(type="failed", interval=interval["id"], message="no")
              else:
                  done(interval)
      """)
    let trainer = workshop.session()
    _ = await trainer.train(try batch(workshop, [0, 1, 2, 3])) { _, _ in }
    #expect(await trainer.capacity().held == Set(["0-1-abc", "1-1-abc", "2-1-abc"].map { CheckpointID($0) }))

    var second = try batch(workshop, [0, 1, 2], number: 2)
    for (position, parent) in [(0, "1-1-abc"), (1, "1-1-abc"), (2, "3-1-abc")] {
      second[position].checkpoint = "/somewhere"
      second[position].parent = parent
    }
    let outcomes = await trainer.train(second) { _, _ in }
    #expect(
      try workshop.text(of: outcomes[0].trained?.log)
        == "[[0, '1-1-abc', True], [1, '1-1-abc', True], [2, '3-1-abc', False]]\n")
    #expect(await trainer.capacity().held == Set(["0-2-abc", "1-2-abc", "2-2-abc"].map { CheckpointID($0) }))

    // An evaluation overwrites what is in memory, and saves nothing.
    var third = try batch(workshop, [1], number: 3)
    third[0].kind = .evaluate
    _ = await trainer.train(third) { _, _ in }
    #expect(await trainer.capacity().held.isEmpty)
    await trainer.shutDown()
    #expect(await trainer.capacity().held.isEmpty)
  }

  @Test func `has nothing in memory in a new process`() async throws {
    let workshop = try Workshop(
      """
      hello()
      batch = next(batches())
      print(batch[0]["warm"])
      done(batch[0])
      """)
    let trainer = workshop.session()
    _ = await trainer.train(try workshop.assignment(1))
    var assignment = try workshop.assignment(2)
    assignment.checkpoint = "/somewhere"
    assignment.parent = "0-1-abc"
    // It has left, or is about to: either way another process answers.
    let outcome = await trainer.train(assignment)
    #expect(try workshop.text(of: outcome.trained?.log) == "False\n")
    await trainer.shutDown()
  }

  @Test func `keeps what was answered before its process died`() async throws {
    let workshop = try Workshop(
      """
      hello(3)
      batch = next(batches())
      done(batch[1])
      print("last words")
      os._exit(3)
      """)
    let trainer = workshop.session()
    let outcomes = await trainer.train(try batch(workshop, [0, 1, 2])) { _, _ in }
    #expect(outcomes[1].trained?.metrics["score"] == 0.5)
    for outcome in [outcomes[0], outcomes[2]] {
      let failure = try #require(outcome.failure)
      #expect(failure.reason == .exited && failure.isOfProcess && failure.logTail == "last words")
      #expect(failure.message == "last words (the last line that it printed; its process exited with status 3)")
    }
    #expect(await trainer.capacity() == Capacity(members: 3))
    await trainer.shutDown()
  }

  @Test func `that answers twice, or for what it was not asked, is not trusted`() async throws {
    for answer in [#"done(batch[0]); done(batch[0])"#, #"say(type="done", interval="9-9-abc", metrics={})"#] {
      let workshop = try Workshop("hello(2)\nbatch = next(batches())\n\(answer)\nhear()")
      let trainer = workshop.session()
      let outcomes = await trainer.train(try batch(workshop, [0, 1])) { _, _ in }
      let failure = try #require(outcomes[1].failure)
      #expect(failure.reason == .garbage && failure.isOfProcess)
      #expect(failure.message.contains("which is not in flight"))
      await trainer.shutDown()
    }
  }

  @Test func `charges a report that cannot be right to its member`() async throws {
    let workshop = try Workshop(
      """
      hello(2)
      batch = next(batches())
      done(batch[0], in_force={"lr": 0.7})
      done(batch[1])
      hear()
      """)
    let trainer = workshop.session()
    let outcomes = await trainer.train(try batch(workshop, [0, 1])) { _, _ in }
    let failure = try #require(outcomes[0].failure)
    #expect(failure.reason == .notInForce && !failure.isOfProcess)
    #expect(!failure.message.contains("process"))
    #expect(outcomes[1].trained != nil)
    #expect(await trainer.capacity().held.isEmpty)
    await trainer.shutDown()
  }

  @Test(arguments: ["0", "-1", "1.5", "'many'", "None"]) func `with a capacity that is no number of members`(
    _ capacity: String
  ) async throws {
    let workshop = try Workshop("hello(\(capacity))\nhear()")
    let trainer = workshop.session()
    #expect(await trainer.capacity() == Capacity(members: 1))
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.reason == .garbage && failure.message.contains("its capacity is"))
    await trainer.shutDown()
  }

  @Test func `that cannot be started says so when it is to train`() async throws {
    let workshop = try Workshop("print('no luck'); sys.exit(2)")
    let trainer = workshop.session()
    #expect(await trainer.capacity() == Capacity(members: 1))
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.reason == .notStarted && failure.logTail == "no luck" && !failure.isOfProcess)
    await trainer.shutDown()
  }

  @Test func `whose new process takes fewer members is not given more`() async throws {
    let workshop = try Workshop(
      """
      hello(4 if FIRST else 1)
      for batch in batches():
          for interval in batch:
              done(interval)
          if FIRST:
              os._exit(0)
      """)
    let trainer = workshop.session()
    let first = await trainer.train(try batch(workshop, [0, 1])) { _, _ in }
    #expect(first.allSatisfy { $0.trained != nil })
    await workshop.everyoneIsGone()
    let second = await trainer.train(try batch(workshop, [0, 1], number: 2)) { _, _ in }
    #expect(second.allSatisfy { $0.failure?.isOfProcess == true })
    #expect(second[0].failure?.message == "its new process takes 1 members, not 2")
    #expect(await trainer.capacity().members == 1)
    #expect(await trainer.train(try workshop.assignment(2)).trained != nil)
    await trainer.shutDown()
  }
}
