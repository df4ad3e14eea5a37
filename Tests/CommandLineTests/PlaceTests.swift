import Foundation
import PoptrainJSON
import Testing

/// A run is known by what it is, and not by where it is.
@Suite struct PlaceTests {
  /// A folder `project` in which a run was stopped at its end, with an experiment that has no name.
  private func project(_ more: String = "") async throws -> Folder {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.url.path + "/project", withIntermediateDirectories: true)
    try folder.write(
      Example.experiment().replacingOccurrences(of: "name: climb\n", with: more), to: "project/experiment.yaml")
    try folder.write(Example.trainer, to: "project/train.py")
    let run = try await Program.runShell("cd project && poptrain run experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return folder
  }

  /// The lines of a message that are commands.
  private func commands(in text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("  poptrain ") }.map { String($0.dropFirst(2)) }
  }

  @Test func `A run whose project was moved says which command goes on, and that goes on`() async throws {
    let folder = try await project()
    for command in [
      "run project/runs/project --steps 60", "replay project/runs/project",
      "rerun project/runs/project --member 0 --interval 1",
    ] {
      let moved = command.replacing("project/runs/project", with: "'moved to/runs/project'")
      let script = "mv project 'moved to'; poptrain \(moved); s=$?; mv 'moved to' project; exit $s"
      let result = try await Program.runShell(script, in: folder)
      #expect(result.status == 65)
      #expect(result.errors.contains("its folder \(realPath(folder))/project is not there. Nothing was started"))
      #expect(
        commands(in: result.errors) == [
          "poptrain run 'moved to/experiment.yaml' --run 'moved to/runs/project'"
        ], "\(result.errors)")
      #expect(result.output == "")
    }
    let script = """
      mv project 'moved to' && poptrain run 'moved to/experiment.yaml' --run 'moved to/runs/project' --steps 60 && \
      poptrain run 'moved to/runs/project' --steps 80
      """
    let on = try await Program.runShell(script, in: folder)
    #expect(on.status == 0 && on.errors == "", "\(on.errors)")
  }

  @Test func `No run begins among the files of another one`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20))
    #expect(try await Program.run("run", "experiment.yaml", "--run", "outer", in: folder).status == 0)
    #expect(try await Program.run("run", "experiment.yaml", "--shared", "--run", "shared", in: folder).status == 0)
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted()
    for (place, inner) in [
      ("outer/checkpoints/in", "checkpoints"), ("outer/logs/deep/in", "logs"), ("outer/best/in", "checkpoints"),
      ("shared/log/in", "log"),
    ] {
      for arguments in [
        ["run", "experiment.yaml", "--run", place], ["run", "experiment.yaml", "--shared", "--run", place],
        ["launch", "slurm", place, "--workers", "2", "--experiment", "experiment.yaml", "--dry-run"],
      ] {
        let result = try await Program.run(arguments: arguments, in: folder)
        #expect(result.status == 65 && result.errors.contains("it is in `\(inner)` of the run in "), "\(result.errors)")
      }
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted() == before)
    #expect(try await Program.run("run", "experiment.yaml", "--run", "logs/in", in: folder).status == 0)
  }

  @Test func `A trainer's program that is gone is found before anything starts`() async throws {
    let folder = try await project()
    let script = "rm project/train.py; poptrain run project/runs/project --steps 60"
    let result = try await Program.runShell(script, in: folder)
    #expect(result.status == 65 && result.output == "")
    #expect(result.errors.contains("there is no such file"), "\(result.errors)")
    #expect(result.errors.contains("poptrain run FILE --run project/runs/project"))
    let status = try json(await Program.run("status", "project/runs/project", "--json", in: folder))
    #expect(status["failures"]?.integer == 0)
  }

  @Test func `A copied run does not go to the trainer that it was copied from`() async throws {
    let folder = try await project()
    for command in ["run copy/runs/project --steps 60", "replay copy/runs/project"] {
      let result = try await Program.runShell("cp -r project copy; poptrain \(command)", in: folder)
      #expect(result.status == 65 && result.output == "")
      #expect(
        commands(in: result.errors) == [
          "poptrain run copy/experiment.yaml --run copy/runs/project",
          "poptrain run \(realPath(folder))/project/experiment.yaml --run copy/runs/project",
        ], "\(result.errors)")
    }
    for command in [
      "poptrain run copy/experiment.yaml --run copy/runs/project --steps 60",
      "poptrain run copy/runs/project --steps 80",
    ] {
      let on = try await Program.runShell(command, in: folder)
      #expect(on.status == 0, "\(on.errors)")
    }
  }

  @Test func `A run that lies elsewhere may be moved about`() async throws {
    let folder = try await project()
    let script = """
      poptrain run project/experiment.yaml --run disk/a && mv disk/a disk/b && poptrain run disk/b --steps 60 && \\
      mv project/runs/project project/runs/old && poptrain run project/runs/old --steps 60
      """
    let result = try await Program.runShell(script, in: folder)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
  }

  @Test func `In a renamed folder no second run begins without a word`() async throws {
    let folder = try await project()
    _ = try await Program.runShell("mv project renamed; cp -r renamed copied", in: folder)
    for place in ["renamed", "copied"] {
      let result = try await Program.runShell("cd \(place) && poptrain run experiment.yaml", in: folder)
      #expect(result.status == 65 && result.output == "")
      #expect(
        commands(in: result.errors) == [
          "poptrain run experiment.yaml --run runs/project", "poptrain run experiment.yaml --run runs/\(place)",
        ], "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.url.path)/\(place)/runs") == ["project"])
      let script = "cd \(place) && poptrain run experiment.yaml --run runs/project --steps 60"
      let on = try await Program.runShell(script, in: folder)
      #expect(on.status == 0 && on.output.contains("resuming: "), "\(on.errors)")
      // Nor later, when it has been gone on with.
      let again = try await Program.runShell("cd \(place) && poptrain run experiment.yaml", in: folder)
      #expect(again.status == 65 && commands(in: again.errors) == commands(in: result.errors))
    }
  }

  @Test func `In a renamed folder no second comparison begins without a word`() async throws {
    let folder = try await project()
    let compare = "poptrain compare experiment.yaml --with random_search --seeds 2"
    let script = "cd project && \(compare) && cd .. && mv project renamed && cd renamed && \(compare)"
    let result = try await Program.runShell(script, in: folder)
    #expect(result.status == 65)
    #expect(
      result.errors.contains(
        "renamed-compare would start a new run, but runs/project-compare already holds a run of this experiment"))
    let found = commands(in: result.errors)
    #expect(found == ["project", "renamed"].map { "\(compare) --run runs/\($0)-compare" }, "\(result.errors)")
    for (command, expected) in zip(found, [true, false]) {
      let on = try await Program.runShell("cd renamed && \(command) 2>&1", in: folder)
      #expect(on.status == 0 && on.output.contains("(was finished)") == expected, "\(on.output)")
    }
    // Another first seed makes another comparison.
    let other = "cd renamed && rm -r runs/renamed-compare && \(compare) --seed 7"
    #expect(try await Program.runShell(other, in: folder).status == 0)
  }

  @Test func `A new run that is meant as one begins`() async throws {
    let folder = try await project()
    let script = """
      mv project renamed && cd renamed && poptrain run experiment.yaml --run runs/renamed && rm -rf runs/renamed && \\
      (echo 'name: renamed'; cat experiment.yaml) > named.yaml && poptrain run named.yaml && rm -rf runs/renamed && \\
      poptrain run experiment.yaml --seed 9 && cd .. && \\
      mkdir twins twins/one twins/two && cp renamed/experiment.yaml renamed/train.py twins/one && \\
      cp twins/one/* twins/two && cd twins && poptrain run one/experiment.yaml && poptrain run two/experiment.yaml
      """
    let result = try await Program.runShell(script, in: folder)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
  }

  @Test func `A trainer's program that has changed is told of, and recorded, and only then`() async throws {
    let folder = try await project()
    try FileManager.default.createDirectory(atPath: folder.url.path + "/project/lib", withIntermediateDirectories: true)
    try folder.write("", to: "project/lib/model.py")
    func go(_ command: String) async throws -> Result {
      let result = try await Program.runShell("cd project && poptrain " + command, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      return result
    }
    #expect(try await !go("run experiment.yaml --steps 50").output.contains("has changed since"))
    try folder.write(Example.trainer + "\n# mended\n", to: "project/train.py")
    try folder.write("x = 1", to: "project/lib/model.py")
    let rerun = try await go("rerun runs/project --member 0 --interval 1")
    #expect(rerun.output.contains("lib/model.py, train.py have changed since the run was last started, 20"))
    let replay = try await go("replay runs/project --json")
    #expect(try replay.lines.map(JSON.parse).contains { $0["event"]?.text == "program_changed" })

    let changed = try await go("run runs/project --steps 60")
    let told = try #require(changed.lines.first { $0.hasPrefix("lib/model.py, train.py have changed") })
    #expect(told.contains(" since the last start, 20") && told.hasSuffix("; the members continue with the new code"))
    #expect(try await !go("run runs/project --steps 70").output.contains(".py"))
    #expect(try await !go("rerun runs/project --member 0 --interval 1").output.contains(".py"))
    #expect(try await go("audit runs/project").status == 0)
  }

  @Test func `Where there is git, the commits are told`() async throws {
    let folder = try await project()
    let script = """
      cd project && git init -q . && git config user.email a@b && git config user.name a && git add train.py && \\
      git commit -qm one && poptrain run experiment.yaml --steps 50 > /dev/null && echo '# more' >> train.py && \\
      git commit -qam two && git pack-refs --all && poptrain run experiment.yaml --steps 60 && \\
      git rev-parse HEAD~ HEAD
      """
    let result = try await Program.runShell(script, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let commits = result.lines.suffix(2).map { $0.prefix(10) }
    #expect(result.output.contains(" (commit \(commits[0]) -> \(commits[1]));"), "\(result.output)")
  }

  /// What is printed can be pasted into a shell in the same folder, whatever the folder of the run is called.
  @Test(arguments: ["runs/plain", "it's a \"test\" $HOME", "two\nlines\n", "-dash", "100%\\n `ls` \u{1B}[1m", "übung"])
  func `Printed commands can be pasted`(name: String) async throws {
    let folder = try Example.folder()
    let path = (name.hasPrefix("-") ? "./" : "") + name
    let run = try await Program.run("run", "experiment.yaml", "--run", path, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let next = commands(in: run.output)
    #expect(next.count == 6 && next.allSatisfy { !$0.contains(folder.url.path) }, "\(next)")
    if name == "runs/plain" { #expect(next[0] == "poptrain schedule runs/plain") }
    // A comparison is of the experiment, wherever the run is.
    for command in next where name == "runs/plain" || !command.hasPrefix("poptrain compare") {
      let pasted = try await Program.runShell(command, in: folder)
      #expect(pasted.status == 0, "\(command): \(pasted.errors)")
    }
    #expect(folder.names.contains("model"))
    try folder.write(Example.experiment(interval: 20), to: "experiment.yaml")
    let changed = try await Program.run("run", "experiment.yaml", "--run", path, in: folder)
    #expect(changed.status == 65)
    for command in commands(in: changed.errors) {
      #expect(try await Program.runShell(command, in: folder).status == 0, "\(command)")
    }
  }

  private func realPath(_ folder: Folder) -> String { folder.url.resolvingSymlinksInPath().path }
}
