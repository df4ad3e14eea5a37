@testable import PoptrainEngine
import Testing

@Suite struct ProcessorsTests {
  private static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
  private static let hybrid = """
    31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
    32 31 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw shared:5 master:2 - cgroup cgroup rw,cpu,cpuacct
    33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
    41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw

    """

  private func quota(_ files: [String: String]) -> Double? {
    ControlGroups { files[$0] }.processorQuota
  }

  @Test func `The quota is that of the narrowest group that the process is in`() {
    let groups = ["/proc/self/cgroup": "0::/user.slice/job.scope\n", "/proc/self/mountinfo": Self.unified]
    #expect(quota(groups) == nil)
    let own = groups.merging(["/sys/fs/cgroup/user.slice/job.scope/cpu.max": "150000 100000\n"]) { $1 }
    #expect(quota(own) == 1.5)
    let both = own.merging(["/sys/fs/cgroup/user.slice/cpu.max": "50000 100000\n"]) { $1 }
    #expect(quota(both) == 0.5)
    #expect(quota(groups.merging(["/sys/fs/cgroup/user.slice/job.scope/cpu.max": "max 100000\n"]) { $1 }) == nil)
    #expect(quota(groups.merging(["/sys/fs/cgroup/other/cpu.max": "1 100000\n"]) { $1 }) == nil)
  }

  @Test func `In a container the group is at the mount point`() {
    let groups = ["/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": Self.unified]
    #expect(quota(groups.merging(["/sys/fs/cgroup/cpu.max": "200000 100000"]) { $1 }) == 2)
    let above = groups.merging(["/proc/self/cgroup": "0::/../..\n", "/sys/fs/cgroup/cpu.max": "300000 100000"]) { $1 }
    #expect(quota(above) == 3)
  }

  @Test func `The older version of control groups is understood too`() {
    let groups = [
      "/proc/self/cgroup": "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc/job\n1:name=systemd:/\n0::/\n",
      "/proc/self/mountinfo": Self.hybrid,
      "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
    ]
    #expect(quota(groups) == nil)
    let above = groups.merging([
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "250000\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    ]) { $1 }
    #expect(quota(above) == 2.5)
  }

  @Test func `What cannot be read limits nothing`() {
    #expect(quota([:]) == nil)
    for odd in ["", "max", "x y", "100000 0", "-1 100000"] {
      let files = ["/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": Self.unified, "/sys/fs/cgroup/cpu.max": odd]
      #expect(quota(files) == nil, "\(odd)")
    }
  }
}
