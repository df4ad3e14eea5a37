import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

/// The program and its Python client are of one version, and say so where they are not.
@Suite struct ReleaseTests {
  @Test func `The Python client has the version and the protocol of the program`() throws {
    let client = URL(filePath: #filePath).appending(path: "../../../python/poptrain").standardized
    let version = try String(contentsOf: client.appending(path: "version.py"), encoding: .utf8)
    #expect(version.contains("__version__ = \"\(Release.version)\"\n"))
    let connection = try String(contentsOf: client.appending(path: "connection.py"), encoding: .utf8)
    #expect(connection.contains("\nPROTOCOL = \(Release.trainerProtocol)\n"))
  }

  /// Answers two intervals after it has said that this is its client.
  private func workshop(_ client: String) throws -> Workshop {
    try Workshop(
      """
      connect()
      say(type="hello", protocol=1, client="\(client)")
      for interval in intervals():
          done(interval)
      """)
  }

  @Test(arguments: ["0.0.9", "12.0.0", ""])
  func `A Python client of another version is warned of, with the remedy`(version: String) async throws {
    let workshop = try workshop("poptrain-python/\(version)")
    let trainer = workshop.session()
    for number in 1...2 {
      let trained = try #require(await trainer.train(try workshop.assignment(number)).trained)
      #expect(
        trained.trainerWarnings == [
          """
          the trainer's Python client is poptrain \(version), this program is poptrain \(Release.version). Install \
          the same version of both: `pip install poptrain==\(Release.version)` in the trainer's environment
          """
        ])
    }
    await trainer.shutDown()
  }

  @Test(arguments: ["poptrain-python/\(Release.version)", "poptrain-rust/3.1", "test"])
  func `Neither its own client nor another is warned of`(client: String) async throws {
    let workshop = try workshop(client)
    let trainer = workshop.session()
    #expect(try #require(await trainer.train(try workshop.assignment()).trained).trainerWarnings == [])
    await trainer.shutDown()
  }

  @Test func `A Python client of another protocol fails, with the remedy`() async throws {
    let workshop = try Workshop(
      """
      connect()
      say(type="hello", protocol=2, client="poptrain-python/9.0.0")
      hear()
      """)
    let trainer = workshop.session()
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(
      failure.message.hasPrefix(
        "it speaks version 2 of the protocol, not 1: the trainer's Python client is poptrain 9.0.0, "))
    #expect(failure.message.contains("`pip install poptrain==\(Release.version)`"))
    await trainer.shutDown()
  }

  @Test func `A Python without the client is told how to get it`() async throws {
    let workshop = try Workshop()
    try workshop.write("import poptrain", to: "client.py")
    let trainer = SessionTrainer(workshop.program([Workshop.python, "-S", "client.py"]), space: space)
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.message.contains("install it there with `pip install poptrain==\(Release.version)`, or name in"))
    await trainer.shutDown()
  }
}
