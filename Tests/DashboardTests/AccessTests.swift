import Foundation
import Poptrain
@testable import PoptrainDashboard
import PoptrainJSON
import PoptrainRuns
import Testing

/// Who may see the runs, and who may end one.
@Suite struct AccessTests {
  @Test(arguments: ["localhost", "localhost:9", "LOCALHOST", "127.0.0.1", "127.1.2.3:80", "[::1]:8123"])
  func `A name of this machine needs no token`(host: String) async throws {
    let served = try await Served([Folder().path])
    #expect(try await served.get("runs.json", host: host).status == 200)
  }

  @Test(arguments: [
    "example.org", "localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "", "127.0.0.1:80@example.org",
    "[::1].example.org", "localhost:x", "256.0.0.1", "127.0.0.1.",
  ])
  func `Any other name does, so that nobody's page reads this server under a name of its own`(host: String)
    async throws
  {
    let served = try await Served([Folder().path])
    for path in ["", "runs.json", "openapi.json", "runs/climb/run.json"] {
      let answer = try await served.get(path, host: host)
      #expect(answer.status == 401 || answer.status == 400, "\(path)")
      if answer.status == 401 {
        #expect(try answer.message?.hasSuffix("have your proxy send `Host: localhost`") == true)
      }
    }
  }

  @Test func `Beyond this machine the token opens it once, and is then a cookie of the page's folder`() async throws {
    let served = try await Served([Folder().path], host: "0.0.0.0")
    let token = try #require(served.location.address.split(separator: "=").last.map(String.init))
    #expect(token.count == 64 && served.location.tunnel == nil)
    let refused = try await served.get("")
    #expect(refused.status == 401)
    #expect(try refused.message?.hasSuffix("use the address that `poptrain dashboard` printed") == true)
    #expect(try await served.get("", host: "box:\(served.port)").status == 401)
    let other = token.dropLast() + (token.hasSuffix("0") ? "1" : "0")
    #expect(try await served.get("?token=\(other)").status == 401)
    #expect(try await served.get("?token=").status == 401)

    let opened = try await served.get("?view=lanes&token=\(token)", host: "box:\(served.port)")
    #expect(opened.status == 303 && opened.headers["location"] == "./?view=lanes")
    let cookie = try #require(opened.headers["set-cookie"])
    // Two dashboards of a machine do not take each other's.
    #expect(cookie.hasPrefix("poptrain-\(served.port)=") && cookie.hasSuffix("; HttpOnly; SameSite=Strict"))
    let pair = try #require(cookie.split(separator: ";").first)
    let page = try await served.get("", host: "box:\(served.port)", "Cookie: other=1; \(pair)")
    #expect(page.status == 200)
    #expect(try await served.get("", "Cookie: \(pair)0").status == 401)
    #expect(try await served.get("runs.json?token=\(token)").status == 200, "for programs")
  }

  @Test func `Without the right to it there is no token in the address`() async throws {
    let served = try await Served([Folder().path])
    #expect(served.location.address == "http://127.0.0.1:\(served.port)/")
    #expect(served.location.tunnel?.contains("\(served.port):127.0.0.1:\(served.port)") == true)
  }

  @Test func `Every answer says what a browser may do with it`() async throws {
    let served = try await Served([Folder().path])
    let answers = [
      try await served.get(""), try await served.get("runs.json"), try await served.get("nothing"),
      try await served.get("", host: "example.org"), try await served.ask("PUT", "", []),
    ]
    for answer in answers {
      let policy = answer.headers["content-security-policy"]
      #expect(policy?.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';") == true)
      #expect(policy?.contains("unsafe") == false)
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect(answer.headers["referrer-policy"] == "no-referrer")
      #expect(answer.headers["cache-control"]?.hasPrefix("no-") == true)
      #expect(answer.headers["access-control-allow-origin"] == nil)
    }
  }

  @Test func `Only a page of this very server may end a run`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 2))
    let served = try await Served([folder.run()])
    let session = try #require(try await served.get("runs.json").json["session"]?.text)
    let given = "x-poptrain-session: \(session)"
    func stop(_ headers: String...) async throws -> Int {
      try await served.ask("POST", "runs/climb/stop", headers).status
    }
    #expect(try await stop() == 403)
    #expect(try await stop("x-poptrain-session: \(session.dropLast())x") == 403)
    #expect(try await stop(given, "Origin: https://example.org") == 403)
    #expect(try await stop(given, "Origin: http://localhost:1") == 403)
    #expect(try await stop(given, "Origin: null") == 403)
    #expect(try await stop(given, "Sec-Fetch-Site: cross-site", "Origin: http://localhost:\(served.port)") == 403)
    #expect(try await stop(given, "Origin: http://localhost:\(served.port)") == 409, "it does not run")
    #expect(try await stop(given, "Sec-Fetch-Site: same-origin") == 409)
    #expect(try await served.get("runs/climb/stop", given).status == 405)
  }
}
