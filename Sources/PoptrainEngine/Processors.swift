internal import CPoptrain
internal import Foundation

/// How much of the machine's processors this process may use.
enum Processors {
  /// Those of its affinity mask, no more than the quota of its control groups, rounded down; at least one.
  static var allowed: Int {
    let mask = Int(poptrain_allowed_processors())
    let processors = mask > 0 ? mask : ProcessInfo.processInfo.activeProcessorCount
    let quota = ControlGroups(read: { try? String(contentsOfFile: $0, encoding: .utf8) }).processorQuota
    return max(1, Int(min(Double(processors), quota ?? .infinity)))
  }
}

/// The control groups of this process, of both versions.
package struct ControlGroups {
  private let read: (String) -> String?

  /// - Parameter read: gives the text of a file; none where it cannot be read.
  package init(read: @escaping (String) -> String?) {
    self.read = read
  }

  /// The processors' time that the narrowest of its groups may use in a second, in seconds; none where they may use all.
  package var processorQuota: Double? {
    let groups = (read("/proc/self/cgroup") ?? "").split(separator: "\n").map { line in
      line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    }
    let mounts = (read("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap { Mount(String($0)) }
    let quotas = groups.filter { $0.count == 3 }.flatMap { group -> [Double] in
      let controllers = group[1].split(separator: ",")
      guard controllers.isEmpty || controllers.contains("cpu"),
        let mount = mounts.first(where: { controllers.isEmpty ? $0.isUnified : $0.controllers.contains("cpu") })
      else { return [] }
      return mount.folders(of: group[2]).compactMap { controllers.isEmpty ? unifiedQuota($0) : quota($0) }
    }
    return quotas.min()
  }

  private func unifiedQuota(_ folder: String) -> Double? {
    let numbers = (read(folder + "/cpu.max") ?? "").split(whereSeparator: \.isWhitespace).map { Double($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
    return quota / period
  }

  private func quota(_ folder: String) -> Double? {
    guard let quota = number(folder + "/cpu.cfs_quota_us"), let period = number(folder + "/cpu.cfs_period_us"),
      quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  private func number(_ path: String) -> Double? {
    read(path).flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  /// Where a hierarchy of groups can be seen.
  private struct Mount {
    /// The group that is at the mount point.
    let root: String
    let point: String
    let isUnified: Bool
    let controllers: [String]

    /// Reads a line of `mountinfo`; none where it is of another file system.
    init?(_ line: String) {
      let halves = line.components(separatedBy: " - ").map { $0.split(separator: " ").map(String.init) }
      guard halves.count == 2, halves[0].count >= 5, halves[1].count >= 3,
        ["cgroup", "cgroup2"].contains(halves[1][0])
      else { return nil }
      (root, point) = (halves[0][3], halves[0][4])
      isUnified = halves[1][0] == "cgroup2"
      controllers = halves[1][2].split(separator: ",").map(String.init)
    }

    /// The folders of a group and of those that it is in.
    func folders(of group: String) -> [String] {
      let isBelow = root == "/" || group == root || group.hasPrefix(root + "/")
      var parts = isBelow ? group.dropFirst(root == "/" ? 0 : root.count).split(separator: "/") : []
      // Where the group is outside of what can be seen, its path goes up.
      if parts.first == ".." { parts = [] }
      return (0...parts.count).map { ([point] + parts.prefix($0).map(String.init)).joined(separator: "/") }
    }
  }
}
