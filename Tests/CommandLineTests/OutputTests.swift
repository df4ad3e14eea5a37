import Foundation
import PoptrainJSON
import Testing

/// What cannot be written is a failure, and leaves nothing half-written.
@Suite struct OutputTests {
  private static let reading = [
    "--help", "--version", "help run", "run --help", "--generate-completion-script bash", "status runs/climb",
    "status runs/climb --json", "best runs/climb", "schedule runs/climb", "schedule runs/climb --format csv",
    "lineage runs/climb", "export runs/climb", "export runs/climb --format jsonl", "audit runs/climb",
    "logs runs/climb --member 0", "clean runs/climb", "check experiment.yaml", "check experiment.yaml --json",
    "rerun runs/climb --member 0 --interval 1", "init fresh",
  ]

  @Test func `Every command that cannot print ends with 74 and says why`() async throws {
    let folder = try Example.folder()
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    for command in Self.reading {
      let full = try await Program.runShell("exec poptrain \(command) > /dev/full", in: folder)
      #expect(full.status == 74, "\(command)")
      #expect(full.errors.contains("standard output cannot be written: No space left on device"), "\(command)")
    }
    let closed = try await Program.runShell("exec poptrain status runs/climb >&-", in: folder)
    #expect(closed.status == 74)
    #expect(closed.errors.contains("standard output cannot be written: Bad file descriptor"))
  }

  @Test(arguments: [
    "run experiment.yaml", "run experiment.yaml --json", "replay runs/climb", "replay runs/climb --json",
    "compare experiment.yaml --seeds 1", "compare experiment.yaml --seeds 1 --json",
  ])
  func `What cannot be printed ends no training, but its end is 74`(command: String) async throws {
    let folder = try Example.folder()
    if command.hasPrefix("replay") { try await Program.run("run", "experiment.yaml", in: folder) }
    let full = try await Program.runShell("exec poptrain \(command) > /dev/full", in: folder)
    #expect(full.status == 74)
    #expect(full.errors.contains("standard output cannot be written: No space left on device"))
    let run =
      command.hasPrefix("run") ? "climb" : command.hasPrefix("replay") ? "climb-replay" : "climb-compare/baseline-seed5"
    let status = try json(await Program.run("status", "runs/\(run)", "--json", in: folder))
    #expect(status["state"]?.text == "finished")
  }

  @Test func `A page goes where a link leads, and into a pipe or a device instead of in its place`() async throws {
    let folder = try Example.folder()
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let script = """
      ln -s elsewhere.html link.html && touch elsewhere.html && poptrain report runs/climb --out link.html
      mkfifo pipe && (cat pipe > copy.html) & poptrain report runs/climb --out pipe && wait
      ln -s /dev/full full
      poptrain report runs/climb --out full; echo $?
      ls -l link.html pipe full | cut -c 1
      """
    let result = try await Program.runShell(script, in: folder)
    #expect(result.errors.hasPrefix("error: full could not be written: No space left on device"))
    #expect(result.lines.suffix(4) == ["74", "l", "l", "p"], "\(result.output)")
    for name in ["elsewhere.html", "copy.html"] { #expect(try folder.read(name).contains("</html>"), "\(name)") }
  }

  @Test func `An ending that is worse keeps its status`() async throws {
    let folder = try Example.folder(trainer: "raise SystemExit(1)")
    let full = try await Program.runShell("exec poptrain run experiment.yaml > /dev/full", in: folder)
    #expect(full.status == 69)
    #expect(full.errors.contains("standard output cannot be written"))
  }

  @Test func `A command whose reader goes ends quietly, as others do`() async throws {
    let folder = try Example.folder()
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    for command in ["export runs/climb", "--help", "rerun runs/climb --member 0 --interval 1"] {
      // The reader is gone before anything is printed.
      let script = "mkfifo pipe; (exec 3<pipe) & exec 4>pipe; wait; poptrain \(command) >&4; echo $? >&2; rm pipe"
      let result = try await Program.runShell(script, in: folder)
      #expect(result.errors == "\(128 + SIGPIPE)\n", "\(command): \(result.errors)")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
  func `On a full disk nothing half-written is left under its name`() async throws {
    let folder = try Example.folder(
      trainer: Example.trainer.replacingOccurrences(
        of: "    print(", with: "    (interval.save_to / \"large\").write_bytes(bytes(1 << 20))\n    print("))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let script = """
      mkdir small && mount -t tmpfs -o size=640k none small || exit 99
      poptrain best runs/climb --copy small/model; echo best $?
      head -c 10000000 /dev/zero > small/filler 2> /dev/null
      poptrain init small/project; echo init $?
      poptrain run experiment.yaml --run small/run; echo run $?
      ls -A small
      umount -l small
      """
    let result = try await Program.runShell(script, in: folder)
    guard result.status != 99 else { return }
    #expect(result.lines.filter { $0.contains(" ") && !$0.contains(":") } == ["best 74", "init 74", "run 74"])
    for path in ["small/model", "small/project"] {
      #expect(result.errors.contains("\(path) could not be written: No space left on device"), "\(result.errors)")
    }
    #expect(!result.lines.contains("model") && !result.lines.contains("project"), "\(result.output)")
    #expect(!result.output.contains(".poptrain-"), "\(result.output)")
  }

  @Test func `Numbers in CSV are numbers for whoever reads it`() async throws {
    let folder = try Example.folder(
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            value = interval["rate"] if interval.member else float("nan")
            interval.report({"value": value, "up": float("inf"), "down": -float("inf"), "a,b": 3, "=1+1": 4, "": 5})
        """)
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    try folder.write(
      """
      import csv, math, sys
      rows = list(csv.DictReader(sys.stdin))
      for row in rows:
          for name in ["metrics.value", "metrics.up", "metrics.down", "metrics.a,b", "metrics.=1+1", "metrics."]:
              float(row[name])
      print(sum(math.isnan(float(row["metrics.value"])) for row in rows), {row["metrics.down"] for row in rows})
      """, to: "read.py")
    let read = try await Program.runShell("poptrain export runs/climb | python3 read.py", in: folder)
    #expect(read.status == 0 && read.output.hasSuffix(" {'-inf'}\n"), "\(read.errors)")
    let schedule = try await Program.runShell(
      "poptrain schedule runs/climb --member 0 --format csv | cut -d, -f4", in: folder)
    #expect(schedule.lines.dropFirst().allSatisfy { Double($0) != nil || $0.isEmpty }, "\(schedule.output)")
  }

  @Test func `Workers and threads follow the processors that the process may use`() async throws {
    let folder = try Example.folder(
      Example.experiment().replacingOccurrences(of: "workers: 2", with: "workers: auto"),
      trainer: Example.trainer.replacingOccurrences(
        of: "    print(", with: "    import os; open('threads', 'w').write(os.environ['OMP_NUM_THREADS'])\n    print("))
    let run = try await Program.runShell("taskset -c 0 poptrain run experiment.yaml", in: folder)
    #expect(run.status == 0 && run.output.contains("; 1 worker,"), "\(run.output) \(run.errors)")
    #expect(try folder.read("threads") == "1")
  }

  @Test func `Members are called what the run calls them`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let status = try await Program.run("status", "runs/climb", in: folder)
    #expect(status.lines.contains { $0.contains(" done ") })
    let more = try Program.start("run", "experiment.yaml", "--steps", "40000000", in: folder)
    #expect(more.read(until: "interval"))
    let running = try await Program.run("status", "runs/climb", in: folder).output
    #expect(more.end(by: SIGTERM) == 75)
    #expect(running.contains(" training ") && running.contains(" waiting "), "\(running)")
  }
}
