/// Processes as the tasks of a Ray job.
struct RayJob: Hashable, Sendable {
  /// What Ray calls the job.
  let id: String
  private let launch: Launch
  private let more: [String]

  /// The file of the driver, a program in Python that starts the tasks and starts them again.
  static let driver = "ray_job.py"

  /// - Parameters:
  ///   - suffix: tells it from other jobs of the same experiment.
  ///   - more: arguments for `ray job submit`.
  init(_ launch: Launch, suffix: String, more: [String]) {
    id = "\(launch.plainName)-\(suffix)"
    self.launch = launch
    self.more = more
  }

  /// The program that submits it, and its arguments.
  ///
  /// - Parameter folder: where the driver is. Ray sends it to the cluster.
  func command(folder: String) -> [String] {
    ["ray", "job", "submit", "--no-wait", "--submission-id", id, "--working-dir", folder] + more
      + ["--", "python3", RayJob.driver, "--processes", "\(launch.processes)"]
      + ["--cpus", "\(launch.cpus ?? 1)", "--gpus", "\(launch.gpus)"] + launch.command
  }

  /// What submits it, to be typed into a shell.
  func shellText(driver: String) -> String {
    """
    mkdir -p \(id)
    cat > \(id)/\(RayJob.driver) <<'END'
    \(driver)END
    \(shellCommand(command(folder: id)))
    """
  }
}
