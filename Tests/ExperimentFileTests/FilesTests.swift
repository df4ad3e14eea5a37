import PoptrainExperimentFile
import Foundation
import Testing

/// Reading real files, and finding real programs.
final class FilesTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "experiment-\(UUID())").path

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func write(_ name: String, _ bytes: some Sequence<UInt8>, executable: Bool = false) {
    _ = FileManager.default.createFile(
      atPath: "\(folder)/\(name)", contents: Data(bytes), attributes: [.posixPermissions: executable ? 0o755 : 0o644])
  }

  private func findings(_ name: String, programs: Programs? = nil) -> String {
    do {
      _ = try ExperimentFile.read(contentsOf: "\(folder)/\(name)", programs: programs)
      return ""
    } catch {
      return error.findings.map { "\($0.place.map { "\($0.line):\($0.column): " } ?? "")\($0.message)" }.joined(
        separator: "\n")
    }
  }

  @Test func aFileIsRead() throws {
    write("digits.yaml", complete("name: é").utf8)
    #expect(try ExperimentFile.read(contentsOf: "\(folder)/digits.yaml").name == "é")
  }

  @Test func aLinkIsFollowed() throws {
    write("digits.yaml", complete("").utf8)
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/link.yaml", withDestinationPath: "digits.yaml")
    #expect(findings("link.yaml") == "")
  }

  @Test func whatIsNoTextIsRefused() throws {
    #expect(findings("absent.yaml") == "there is no such file")
    #expect(findings("") == "this is not a file")
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    #expect(findings("pipe") == "this is not a file")
    write("latin1.yaml", [UInt8](complete("seed: 1\nname: R").utf8) + [0xE9])
    #expect(findings("latin1.yaml") == "8:43: the text is not UTF-8")
    write("large.yaml", repeatElement(0xFF, count: 10 << 20))
    #expect(findings("large.yaml") == "the file is larger than 1 MiB")
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may read every file"))
  func aFileWithoutPermissionIsRefused() throws {
    write("secret.yaml", complete("").utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(folder)/secret.yaml")
    #expect(findings("secret.yaml") == "the file may not be read")
  }

  @Test func programsAreFound() throws {
    write("run", [], executable: true)
    write("train.py", [])
    var programs = Programs.ofThisMachine()
    #expect(programs.find("sh", in: folder)?.hasSuffix("/sh") == true)
    #expect(programs.find("./run", in: folder) == "\(folder)/run")
    #expect(programs.find("run", in: folder) == nil)
    #expect(programs.find("./train.py", in: folder) == nil)
    #expect(programs.find("/", in: folder) == nil)
    programs.searchPath = "/nowhere:."
    #expect(programs.find("run", in: folder) == "\(folder)/run")

    write("e.yaml", complete("trainer: {command: [sh, train.py]}").utf8)
    #expect(findings("e.yaml", programs: .ofThisMachine()) == "")
    write("e.yaml", complete("trainer: {command: [NoisyBowl], kind: in_process}").utf8)
    #expect(findings("e.yaml", programs: .ofThisMachine()) == "")
    write("e.yaml", complete("trainer: {command: [shh, tran.py]}").utf8)
    #expect(
      findings("e.yaml", programs: .ofThisMachine()) == """
        1:21: entry 1 of `trainer.command` names the program `shh`, which is not in `PATH`
        1:26: entry 2 of `trainer.command` names `tran.py`, and there is no such file
        """)
  }
}
