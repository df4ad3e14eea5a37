import Foundation
import PoptrainJSON

/// Processes as the pods of an Indexed Job of Kubernetes.
struct KubernetesJob: Hashable, Sendable {
  private let launch: Launch
  private let image: String
  private let volume: Volume?
  private let secret: String?

  /// A claim to storage that all pods mount.
  struct Volume: Hashable, Sendable {
    /// The name of the PersistentVolumeClaim.
    let claim: String
    /// The folder at which pods see it, an absolute path.
    let folder: String

    /// Reads `claim:/folder`; none where it is something else.
    init?(_ text: String) {
      let parts = text.split(separator: ":").map(String.init)
      guard parts.count == 2, parts[1].hasPrefix("/") else { return nil }
      (claim, folder) = (parts[0], parts[1])
    }

    /// Whether a path is in it.
    func holds(_ path: String) -> Bool { (path + "/").hasPrefix(folder.hasSuffix("/") ? folder : folder + "/") }
  }

  /// - Parameters:
  ///   - secret: the name of a Secret whose keys become variables of the processes.
  init(_ launch: Launch, image: String, volume: Volume?, secret: String?) {
    self.launch = launch
    self.image = image
    self.volume = volume
    self.secret = secret
  }

  /// What is wrong with a name of something in the cluster; none: nothing.
  static func objection(toName name: String) -> String? {
    let part = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    let isName =
      name.utf8.count <= 253 && name.range(of: "^\(part)(\\.\(part))*\\z", options: .regularExpression) != nil
    return isName ? nil : "`\(name)` is no name in Kubernetes: these have lowercase letters, digits, `-` and `.`"
  }

  /// The manifest, in YAML.
  var manifest: String {
    """
    # For kubectl apply -f -. With another --workers, the same Job grows or shrinks.
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: \(launch.plainName)
    spec:
      completionMode: Indexed
      completions: \(launch.processes)
      parallelism: \(launch.processes)
      backoffLimitPerIndex: 100
      podReplacementPolicy: Failed
      podFailurePolicy:
        rules:
        - action: Ignore            # evicted or preempted: started elsewhere
          onPodConditions:
          - type: DisruptionTarget
            status: "True"
        - action: FailJob           # poptrain stop, or an error that would come again
          onExitCodes:
            containerName: worker
            operator: In
            values: [64, 65, 69, 70, 74, 76, 130]
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: \(launch.grace)
          containers:
          - name: worker
            image: \(quoted(image))
            command: [\(launch.command.map(quotedWord).joined(separator: ", "))]
    """ + resources + environment + mount
  }

  private var resources: String {
    guard launch.gpus > 0 || launch.cpus != nil else { return "" }
    let cpus = launch.cpus.map { "\n          requests: {cpu: \($0)}" } ?? ""
    let gpus = launch.gpus > 0 ? "\n          limits: {nvidia.com/gpu: \(launch.gpus)}" : ""
    return "\n        resources:" + cpus + gpus
  }

  private var environment: String {
    guard let secret else { return "" }
    return "\n        envFrom:\n        - secretRef: {name: \(quoted(secret))}"
  }

  private var mount: String {
    guard let volume else { return "" }
    return """

              volumeMounts:
              - {name: runs, mountPath: \(quoted(volume.folder))}
            volumes:
            - name: runs
              persistentVolumeClaim: {claimName: \(quoted(volume.claim))}
      """
  }

  /// A word of a command, in which Kubernetes would replace `$(NAME)`.
  private func quotedWord(_ word: String) -> String { quoted(word.replacing("$", with: "$$")) }

  /// A string of YAML, which JSON's are too.
  private func quoted(_ text: String) -> String { JSON.text(text).description }
}
