import Foundation
import Poptrain
@testable import PoptrainDashboard
import PoptrainJSON
import Testing

/// What no browser sends.
@Suite struct HostileRequestTests {
  @Test(arguments: [
    "../../etc/passwd", "..%2f..%2fetc/passwd", "%2e%2e/", "runs/../../run.json", "runs/%2e%2e/run.json",
    "runs//run.json",
    "runs/climb/members/../../x", "runs/climb/members/%30.json", "runs/climb/members/9223372036854775808.json",
    "runs/climb/members/+1.json", "runs/climb/", "runs/climb", "runs", "index.html/", "/", "%00", "a%0d%0ab",
  ])
  func `A path leads nowhere but to what is served`(path: String) async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 1))
    let served = try await Served([folder.path])
    let answer = try await served.get(path)
    #expect([404, 400].contains(answer.status))
  }

  @Test(arguments: ["from=-1", "from=x", "from=", "values=1e3", "from=9007199254740993", "from=+1", "from=%31"])
  func `Numbers are whole and not negative`(query: String) async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 1))
    let served = try await Served([folder.run()])
    let answer = try await served.get("runs/climb/rows?\(query)")
    #expect(try answer.status == 400 && answer.message?.contains("whole number") == true)
  }

  @Test func `Requests have their sizes and methods`() async throws {
    let served = try await Served([Folder().path])
    #expect(try await served.get(String(repeating: "a", count: 3000)).status == 400)
    for body in ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"] {
      #expect(try await served.say("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + body).status == 413)
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
      #expect(try await served.ask(method, "runs.json", []).status == 405)
    }
    let head = try await served.ask("HEAD", "runs.json", [])
    #expect(head.status == 200 && head.body.isEmpty)
    let get = "GET / HTTP/1.1\r\nHost: localhost\r\n"
    for garbage in [
      "\u{16}\u{3}\u{1}\0\0", "GET\r\n\r\n", "nonsense nonsense nonsense\r\n\r\n",
      get + "X: " + String(repeating: "a", count: 20_000),
      get + (0..<200).map { "X-\($0): 1" }.joined(separator: "\r\n"),
    ] {
      let connection = try Connection(port: served.port)
      connection.send(garbage + "\r\n\r\n")
      // The answer is lost where the server closes before it has read everything.
      let answer = await connection.receiveAll()
      #expect(try answer.isEmpty || Answer(answer).status == 400)
    }
    #expect(try await served.get("runs.json").status == 200, "it goes on")
  }

  @Test func `A client that leaves in the middle, or does not read, holds up nobody`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run())
    let served = try await Served([folder.run()])
    let request = "GET /runs/climb/rows HTTP/1.1\r\nHost: localhost\r\n\r\n"
    var idle: [Connection] = []
    for count in 0..<20 {
      let connection = try Connection(port: served.port)
      // Half a request, one, or more than the answers to which fit on the way.
      connection.send(count % 3 == 0 ? String(request.dropLast(2)) : count % 3 == 1 ? request : "")
      if count % 3 == 2 { connection.send(String(repeating: request, count: 1000)) }
      if count % 2 == 0 { idle.append(connection) }
    }
    #expect(try Columns(await served.get("runs/climb/rows")).header["total"]?.integer == 48)
    try await served.stop()
    withExtendedLifetime(idle) {}
  }

  @Test func `A trainer's words are text, never markup`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run("<script>alert(1)<"), Climber.rules(intervals: 1))
    let served = try await Served([folder.path])
    let list = try await served.get("runs.json")
    #expect(list.headers["content-type"] == "application/json")
    #expect(try list.json["runs"]?.array?.first?["key"]?.text == "-script-alert-1--")
  }

  @Test func `There is a limit to those who listen`() {
    let limit = StreamLimit(2)
    let first = limit.take()
    var second = limit.take()
    #expect(first != nil && second != nil && limit.take() == nil)
    second = nil
    #expect(limit.take() != nil)
    withExtendedLifetime(first) {}
  }

  @Test func `Many pages are told less often`() {
    #expect(Pace.period(pages: 1) == 0.5 && Pace.period(pages: 5) == 0.5)
    #expect(Pace.period(pages: 200) == 20)
  }
}
