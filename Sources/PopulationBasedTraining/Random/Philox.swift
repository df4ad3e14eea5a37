/// The counter-based random generator Philox4x64-10.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. Four 64-bit words come from a
/// counter and a key by ten rounds of multiplication and exchange; there is no other state. For the same key and
/// counter the words are those of `numpy.random.Philox(key=…, counter=…).random_raw()`.
struct Philox: Sendable {
  private let key: (UInt64, UInt64)
  private var counter: (UInt64, UInt64, UInt64, UInt64)
  private var block: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  private var used = 4

  init(key: (UInt64, UInt64), counter: (UInt64, UInt64, UInt64, UInt64)) {
    self.key = key
    self.counter = counter
  }

  mutating func next() -> UInt64 {
    if used == 4 {
      incrementCounter()
      block = Philox.block(counter: counter, key: key)
      used = 0
    }
    defer { used += 1 }
    switch used {
    case 0: return block.0
    case 1: return block.1
    case 2: return block.2
    default: return block.3
    }
  }

  private mutating func incrementCounter() {
    counter.0 &+= 1
    guard counter.0 == 0 else { return }
    counter.1 &+= 1
    guard counter.1 == 0 else { return }
    counter.2 &+= 1
    guard counter.2 == 0 else { return }
    counter.3 &+= 1
  }

  private static func block(
    counter: (UInt64, UInt64, UInt64, UInt64), key: (UInt64, UInt64)
  ) -> (UInt64, UInt64, UInt64, UInt64) {
    var (x0, x1, x2, x3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = x0.multipliedFullWidth(by: 0xD2E7_470E_E14C_6C93)
      let p1 = x2.multipliedFullWidth(by: 0xCA5A_8263_9512_1157)
      (x0, x1, x2, x3) = (p1.high ^ x1 ^ k0, p1.low, p0.high ^ x3 ^ k1, p0.low)
      k0 &+= 0x9E37_79B9_7F4A_7C15
      k1 &+= 0xBB67_AE85_84CA_A73B
    }
    return (x0, x1, x2, x3)
  }
}
