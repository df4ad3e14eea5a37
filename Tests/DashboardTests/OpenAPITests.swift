import Foundation
import Poptrain
@testable import PoptrainDashboard
import PoptrainJSON
import PopulationBasedTraining
import Testing

/// The description of the server says what it answers.
@Suite struct OpenAPITests {
  @Test func `Every answer is as it is described`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run())
    let served = try await Served([folder.path])
    let description = try await served.get("openapi.json").json
    let check = SchemaCheck(description: description)
    let paths = try #require(description["paths"]?.members)
    var described = 0
    for path in paths {
      guard let get = path.value["get"] else { continue }
      let address = String(path.name.dropFirst()).replacing("{key}", with: "climb").replacing("{id}", with: "2")
      guard !address.hasSuffix("events") else { continue }
      let answer = try await served.get(address)
      #expect(answer.status == 200, "\(address)")
      let content = try #require(get["responses"]?["200"]?["content"]?.members)
      let type = try #require(answer.headers["content-type"]?.split(separator: ";").first)
      #expect(content.map(\.name) == [String(type)], "\(address)")
      if let schema = content[0].value["schema"], type == "application/json" {
        #expect(check.findings(try answer.json, schema) == [], "\(address)")
        described += 1
      }
      let error = try await served.get(address, host: "example.org")
      let schema = try #require(get["responses"]?["default"])
      let content401 = try #require(resolved(schema, description)["content"]?["application/json"]?["schema"])
      #expect(check.findings(try error.json, content401) == [], "\(address)")
    }
    #expect(described == 6)
    let schemas = try #require(description["components"]?["schemas"])
    let rows = try Columns(await served.get("runs/climb/rows"))
    #expect(check.findings(rows.header, try #require(schemas["Header"])) == [])
    let page = try served.listen("climb")
    let event = try #require(await page.receive(until: "\n\n")?.firstMatch(of: /data: (.*)\n/)?.1)
    #expect(check.findings(try JSON.parse(String(event)), try #require(schemas["Event"])) == [])
  }

  @Test func `The check finds what is not as it is described`() throws {
    let check = SchemaCheck(description: try JSON.parse(#require(PageFiles.all["openapi.json"])))
    let schema = try #require(check.description["components"]?["schemas"]?["Event"])
    for text in [
      #"{"rows": 1}"#, #"{"rows": "1", "state": "running"}"#, #"{"rows": 1, "state": "x"}"#,
      #"{"rows": 1, "state": "running", "more": 1}"#, "[]",
    ] {
      #expect(!check.findings(try JSON.parse(text), schema).isEmpty, "\(text)")
    }
  }

  private func resolved(_ value: JSON, _ description: JSON) -> JSON {
    guard let reference = value["$ref"]?.text else { return value }
    return reference.split(separator: "/").dropFirst().reduce(description) { $0[String($1)] ?? .null }
  }
}
