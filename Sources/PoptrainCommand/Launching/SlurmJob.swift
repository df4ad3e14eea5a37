import PoptrainText

/// Processes as the tasks of a Slurm job array.
struct SlurmJob: Hashable, Sendable {
  /// The program that submits them, and its arguments.
  let command: [String]
  /// The script that each of them is, for the program's standard input.
  let script: String

  /// The variables that processes need of who submits them. Slurm would pass on all, secrets too.
  static let variables = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV",
    "CONDA_PREFIX",
  ]
  /// Those that say where a bucket or a database is, and how safely it is asked: names and paths, no secrets.
  static let placeVariables = [
    "XDG_CACHE_HOME", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE",
    "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "PGHOST", "PGPORT", "PGUSER",
    "PGPASSFILE", "PGSSLMODE", "PGSSLROOTCERT",
  ]

  /// - Parameters:
  ///   - environment: the names of the variables of who submits the job.
  ///   - more: arguments for `sbatch`, which override those before.
  init(_ launch: Launch, environment: some Sequence<String>, more: [String]) {
    let set = Set(environment)
    var command = [
      "sbatch", "--parsable", "--job-name=\(launch.name)", "--array=1-\(launch.processes)", "--requeue",
      "--open-mode=append", "--signal=USR1@\(min(launch.grace, 65_535))",
      "--export=\((SlurmJob.variables + SlurmJob.placeVariables).filter(set.contains).joined(separator: ","))",
    ]
    if launch.gpus > 0 { command.append("--gpus=\(launch.gpus)") }
    if let cpus = launch.cpus { command.append("--cpus-per-task=\(cpus)") }
    self.command = command + more

    script = """
      #!/bin/sh
      srun --ntasks=1 ${SLURM_CPUS_PER_TASK:+--cpus-per-task=$SLURM_CPUS_PER_TASK} \\
        \(shellCommand(launch.command))
      status=$?
      case $status in
        75 | 138 | 143)    # it was asked to end: the time is nearly over, or others need the machine
          sleep 5          # scancel ends this script too
          scontrol requeue "$SLURM_JOB_ID" ;;
      esac
      exit $status

      """
  }

  /// What submits it, to be typed into a shell.
  var shellText: String { "\(shellCommand(command)) <<'END'\n\(script)END" }
}

/// A command as it is typed into a shell. Of words that end in a newline, all are paths.
func shellCommand(_ words: [String]) -> String {
  words.map { $0.hasSuffix("\n") ? shellPath($0) : shellWord($0) }.joined(separator: " ")
}
