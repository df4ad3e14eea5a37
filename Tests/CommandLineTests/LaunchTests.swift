import Foundation
import Testing

/// What `poptrain launch` would submit, and what it refuses. `make test-slurm` and `make test-ray` submit it.
@Suite struct LaunchTests {
  private let folder: Folder

  init() throws { folder = try Example.folder() }

  /// What would be run by each process, as `sh` reads it from what is printed.
  private func words(of text: String, after word: String) async throws -> [String] {
    let start = try #require(text.range(of: word))
    let line = text[start.lowerBound...].prefix { $0 != "\n" }
    let result = try await Program.runShell("printf '%s\\n--\\n' \(line)", in: folder)
    return result.output.components(separatedBy: "\n--\n").dropLast()
  }

  private func dryRun(_ engine: String, _ more: String...) async throws -> String {
    let result = try await Program.run(arguments: ["launch", engine] + more + ["--dry-run"], in: folder)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    return result.output
  }

  @Test(arguments: ["runs/x", "it's a \"run\" $HOME", "two\nlines\n", "`ls` \\ \u{1B}[1m", "übung"])
  func `A place comes to each process as it was typed`(place: String) async throws {
    let whole = folder.url.path + "/" + place
    for engine in ["slurm", "ray"] {
      let text = try await dryRun(engine, place, "--workers", "2", "--experiment", "experiment.yaml")
      let command = try await words(of: text, after: "\(folder.url.path)/experiment.yaml --shared")
      let typed = whole.hasSuffix("\n") ? whole + "/." : whole
      #expect(command.dropFirst() == ["--shared", "--run", typed, "--workers", "1"])
    }
    let pods = try await Program.run(
      "launch", "kubernetes", whole, "--workers", "2", "--experiment", "experiment.yaml", "--image", "me/x", "--volume",
      "runs:/tmp", in: folder)
    let line = try #require(pods.lines.first { $0.contains("command: ") }?.trimmingPrefix(while: { $0 != "[" }))
    let expected = ["poptrain", "run", "experiment.yaml", "--shared", "--run", whole, "--workers", "1"]
    let escaped = expected.map { $0.replacing("$", with: "$$") }
    #expect(try JSONDecoder().decode([String].self, from: Data(line.utf8)) == escaped)
  }

  @Test func `Slurm is given what the experiment needs, and no secrets`() async throws {
    try folder.write(
      Example.experiment(more: "resources: {gpus: 1, workers_per_gpu: 2, cpus: 3}\nstop_timeout: 90s"),
      to: "experiment.yaml")
    let place = "AWS_ENDPOINT_URL=http://h PGSSLMODE=verify-full AWS_SECRET_ACCESS_KEY=x"
    let launch = "poptrain launch slurm r --workers 8 --experiment experiment.yaml --dry-run -- --time=60"
    let script = "SECRET=x \(place) \(launch)"
    let text = try await Program.runShell(script, in: folder).output
    let words = try #require(text.split(separator: "\n").first).split(separator: " ").map(String.init)
    for word in ["--array=1-4", "--gpus=1", "--cpus-per-task=6", "--signal=USR1@150", "--requeue", "--time=60"] {
      #expect(words.contains(word), "\(word) is not in \(words)")
    }
    let export = try #require(words.first { $0.hasPrefix("--export=PATH,") }).split(separator: ",")
    #expect(export.contains("AWS_ENDPOINT_URL") && export.contains("PGSSLMODE") && !text.contains("SECRET"))
    #expect(text.contains("--workers 2\n"))
    #expect(try await Program.runShell(text.replacing("sbatch ", with: "true "), in: folder).status == 0)
  }

  @Test func `All that is wrong is told at once, and nothing is submitted`() async throws {
    try folder.write(Example.experiment(more: "resources: {gpus: 1, workers_per_gpu: 2}"), to: "experiment.yaml")
    try folder.write("", to: "file")
    // A search path with the trainer's program and without those that submit.
    let script = """
      mkdir -p bin; ln -sf $(command -v python3) bin; PATH=$(dirname $(command -v poptrain)):$PWD/bin; poptrain launch
      """
    for engine in ["slurm", "ray"] {
      let result = try await Program.runShell(
        "\(script) \(engine) file/x --workers 3 --experiment experiment.yaml", in: folder)
      #expect(result.status == 65 && result.output == "")
      for message in ["on PATH", "/file is none", "multiple of `workers_per_gpu`, 2, and 3 is not"] {
        #expect(result.errors.contains(message), "\(message) is not in \(result.errors)")
      }
      let none = try await Program.run("launch", engine, "x", "--workers", "2", "--dry-run", in: folder)
      #expect(none.status == 65 && none.errors.contains("x is not a run yet; name the experiment file"))
      let bad = try await Program.run(
        "launch", engine, "x", "--workers", "2", "--experiment", "file", "--dry-run", in: folder)
      #expect(bad.status == 65 && bad.errors.hasPrefix("file:"), "\(bad.errors)")
      let few = try await Program.run("launch", engine, "x", "--workers", "0", in: folder)
      #expect(few.status == 64 && few.errors.contains("--workers is from 1 to 10,000, not 0"))
    }
    let lost = try await Program.run(
      "launch", "kubernetes", "/run/x", "--workers", "2", "--experiment", "experiment.yaml", "--image", "i", "--volume",
      "runs:/runs", in: folder)
    #expect(lost.status == 65 && lost.errors.contains("/run/x would be lost with its pod"))
  }

  @Test func `An engine that there is not is told as such`() async throws {
    for arguments in [["nomad"], ["nomad", "/runs/x", "--workers", "2", "--", "--time=60"], ["--workers", "2"]] {
      let result = try await Program.run(arguments: ["launch"] + arguments, in: folder)
      #expect(result.status == 64, "\(result.errors)")
      #expect(result.errors.contains("`\(arguments[0])` is no engine: it is slurm, ray or kubernetes"))
    }
    for arguments in [[], ["--help"], ["-h"]] {
      let help = try await Program.run(arguments: ["launch"] + arguments, in: folder)
      #expect(help.status == 0 && help.output.contains("Submit an array of jobs"), "\(help.output)\(help.errors)")
    }
  }

  @Test func `A run that has begun needs no experiment file, and one that has ended no workers`() async throws {
    let alone = try await Program.run("run", "experiment.yaml", in: folder)
    let shared = try await Program.run("run", "experiment.yaml", "--shared", "--run", "shared", in: folder)
    #expect(alone.status == 0 && shared.status == 0)
    let refused = try await Program.run("launch", "slurm", "runs/climb", "--workers", "1", "--dry-run", in: folder)
    #expect(refused.status == 65 && refused.errors.contains("Begin a new run with `--shared`"), "\(refused.errors)")
    let ended = try await Program.run("launch", "slurm", "shared", "--workers", "1", "--dry-run", in: folder)
    #expect(ended.status == 65 && ended.errors.contains("poptrain run FILE --steps N --run shared"), "\(ended.errors)")
    try folder.write(Example.experiment(steps: 4000), to: "longer.yaml")
    #expect(try await dryRun("slurm", "shared", "--workers", "1", "--experiment", "longer.yaml").contains("sbatch"))
  }

  @Test func `What no cluster takes is refused`() async throws {
    for (options, messages) in [
      (["--image", "", "--secret", "Bad_Name"], ["`` is no image", "`Bad_Name` is no name in Kubernetes"]),
      (["--image", "me/x", "--volume", "C_D:/runs"], ["`C_D` is no name in Kubernetes"]),
      (["--image", "me/x", "--volume", "c:/runs:/x"], ["--volume is to be the name of a claim and a folder"]),
    ] {
      let arguments = ["launch", "kubernetes", "/runs/x", "--workers", "2", "--experiment", "experiment.yaml"]
      let result = try await Program.run(arguments: arguments + options, in: folder)
      #expect(result.status == 65 && result.output == "", "\(result.output)")
      for message in messages { #expect(result.errors.contains(message), "\(result.errors)") }
    }
  }

  @Test(arguments: [
    ("digits", "digits"), ("My Run_2", "my-run-2"), ("2nd", "run-2nd"), ("Übung", "bung"), ("---", "run"),
    (String(repeating: "a-", count: 40), String(repeating: "a-", count: 19) + "a"),
  ])
  func `Names are such that Kubernetes takes them`(name: String, expected: String) async throws {
    let experiment = Example.experiment().replacing("name: climb", with: "name: \"\(name)\"")
    try folder.write(experiment, to: "experiment.yaml")
    let pods = try await Program.run(
      "launch", "kubernetes", "s3://bucket/x", "--workers", "2", "--experiment", "experiment.yaml", "--image", "i",
      in: folder)
    #expect(pods.lines.contains("  name: \(expected)"), "\(pods.output) \(pods.errors)")
  }
}
