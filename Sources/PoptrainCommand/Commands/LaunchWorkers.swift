import ArgumentParser
import Foundation
import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns

struct LaunchWorkers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch", abstract: "Have Slurm, Ray or Kubernetes start workers of a shared run.",
    discussion: """
      poptrain launch slurm /shared/runs/x --workers 8 --experiment experiment.yaml
      poptrain launch ray /shared/runs/x --workers 8 --experiment experiment.yaml
      poptrain launch kubernetes /runs/x --workers 8 --experiment experiment.yaml \\
        --image me/x --volume runs:/runs

      `resources` in the experiment file says what each worker needs: processors, GPUs, or how many workers share a \
      GPU. Workers that share one train in one process. With Slurm and Ray, the same command again starts as many \
      more.
      """,
    subcommands: [LaunchOnSlurm.self, LaunchOnRay.self, LaunchOnKubernetes.self, LaunchElsewhere.self],
    defaultSubcommand: LaunchElsewhere.self)
}

/// What names no engine, or one that there is not.
struct LaunchElsewhere: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "elsewhere", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough) var words: [String] = []

  func run() throws {
    guard let engine = words.first, !["-h", "--help"].contains(engine) else {
      throw CleanExit.helpRequest(LaunchWorkers.self)
    }
    throw ValidationError("`\(engine)` is no engine: it is slurm, ray or kubernetes")
  }
}

struct LaunchOnSlurm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm", abstract: "Submit an array of jobs, each of which runs workers.",
    discussion: """
      poptrain launch slurm /shared/runs/x --workers 8 --experiment experiment.yaml
      poptrain launch slurm /shared/runs/x --workers 8 -- --time=04:00:00
      poptrain launch slurm /shared/runs/x --workers 8 --dry-run

      All nodes must have the folder, the experiment file and poptrain at the same paths. A task whose time is nearly \
      over saves, and is queued again. Only a few variables of your environment are passed on, such as PATH.
      """)

  @OptionGroup var options: LaunchOptions
  @Flag(help: "Print what would be submitted, as lines for a shell.") var dryRun = false
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("After `--`: arguments for sbatch, such as --time=04:00:00.", valueName: "argument"))
  var more: [String] = []

  func run() async throws {
    let launch = try options.launch(with: "sbatch", isDry: dryRun)
    let job = SlurmJob(launch, environment: ProcessInfo.processInfo.environment.keys, more: more)
    guard !dryRun else { return say(job.shellText) }
    let id = try await submitted(job.command, input: job.script).prefix { $0.isNumber }
    say("submitted job \(id): \(launch.words). Where they are, and what they do once one has started:")
    say("  squeue --job \(id) --array")
    say("  poptrain watch \(options.shownPlace)")
    say("to stop all, or one:")
    say("  scancel --state=PENDING \(id); poptrain stop \(options.shownPlace)")
    say("  scancel \(id)_1")
  }
}

struct LaunchOnRay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ray", abstract: "Submit a Ray job whose tasks run workers.",
    discussion: """
      poptrain launch ray /shared/runs/x --workers 8 --experiment experiment.yaml
      poptrain launch ray /shared/runs/x --workers 8 -- --address http://head:8265
      poptrain launch ray /shared/runs/x --workers 8 --dry-run

      All nodes must have the folder, the experiment file and poptrain at the same paths. Ray starts a task again when \
      its process was killed or its node is gone. It needs the program `ray`, which finds the cluster and the token as \
      always.
      """)

  @OptionGroup var options: LaunchOptions
  @Flag(help: "Print what would be submitted, as lines for a shell.") var dryRun = false
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("After `--`: arguments for `ray job submit`, such as --address.", valueName: "argument"))
  var more: [String] = []

  func run() async throws {
    let launch = try options.launch(with: "ray", isDry: dryRun)
    let suffix = String((0..<6).compactMap { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement() })
    let job = RayJob(launch, suffix: suffix, more: more)
    let driver = String(decoding: PackageResources.ray_job_py, as: UTF8.self)
    guard !dryRun else { return say(job.shellText(driver: driver)) }
    let folder = NSTemporaryDirectory() + job.id
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try WholeFile.write([RayJob.driver: driver], into: folder)
    _ = try await submitted(job.command(folder: folder), input: "")
    say("submitted job \(job.id): \(launch.words). What they do, once one has started:")
    say("  ray job logs --follow \(job.id)")
    say("  poptrain watch \(options.shownPlace)")
    say("to stop all:")
    say("  poptrain stop \(options.shownPlace)")
  }
}

struct LaunchOnKubernetes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kubernetes", abstract: "Print the manifest of a Job whose pods run workers.",
    discussion: """
      poptrain launch kubernetes /runs/x --workers 8 --experiment experiment.yaml \\
        --image me/x --volume runs:/runs | kubectl apply -f -

      The image has poptrain, the trainer and the experiment file, at the path that is given here: a relative one is \
      looked for in the image's working folder. Nothing is sent anywhere.
      """)

  @Argument(
    help: ArgumentHelp(
      "The run: its folder, as the pods see it, s3://bucket/prefix, or postgresql://host/database/run.",
      valueName: "run"))
  var place: String
  @Option(help: ArgumentHelp("How many workers to start.", valueName: "n")) var workers: Int
  @Option(
    help: ArgumentHelp("The experiment file, here and in the image.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String
  @Option(help: checkpointsHelp) var checkpoints: String?
  @Option(help: "The image of the pods.") var image: String
  @Option(
    help: ArgumentHelp(
      "A PersistentVolumeClaim that many pods may write, and the folder at which they see it.",
      valueName: "claim:/folder"))
  var volume: String?
  @Option(
    help: ArgumentHelp(
      "A Secret whose keys become variables of the processes, such as a bucket's credentials.", valueName: "name"))
  var secret: String?

  func validate() throws { try validateWorkers(workers) }

  func run() throws {
    var problems = Problems()
    let experiment = problems.collect { try ExperimentFile.read(contentsOf: self.experiment) }
    if let experiment { problems.check(experiment, workers: workers) }
    let files = checkpoints ?? place
    let claim = volume.flatMap(KubernetesJob.Volume.init)
    if volume != nil, claim == nil {
      problems.add("--volume is to be the name of a claim and a folder, such as runs:/runs")
    } else if !files.isAddress, claim?.holds(files) != true {
      problems.add("\(files) would be lost with its pod; name a volume that it is in, such as --volume runs:/runs")
    }
    for name in [claim?.claim, secret] { name.flatMap(KubernetesJob.objection).map { problems.add($0) } }
    if image.isEmpty || image.contains(where: \.isWhitespace) { problems.add("`\(image)` is no image") }
    guard let experiment, problems.isEmpty else { throw problems.told() }
    let launch = Launch(
      experiment, workers: workers, program: "poptrain", file: self.experiment, place: place, checkpoints: checkpoints)
    say(KubernetesJob(launch, image: image, volume: claim, secret: secret).manifest)
  }
}
