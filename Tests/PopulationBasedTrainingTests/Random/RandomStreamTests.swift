import Testing

@testable import PopulationBasedTraining

/// Named streams, against numpy. With
///
///     def fnv1a64(text):
///         h = 0xCBF29CE484222325
///         for b in text.encode(): h = ((h ^ b) * 0x100000001B3) % 2**64
///         return h
///     def stream(seed, member, ordinal, purpose):
///         u = lambda *words: numpy.array(words, dtype=numpy.uint64)
///         return numpy.random.Philox(key=u(seed, fnv1a64(purpose)), counter=u(0, member, ordinal, 0))
///
/// the numbers are `stream(…).random_raw(6)`, `Generator(stream(…)).random(6)`, and
/// `Generator(stream(…)).integers(0, bound, size=6, dtype=numpy.uint64)` for bounds above 2^32 (below, numpy uses half
/// words; there the numbers are Lemire's method written out in Python).
@Suite struct RandomStreamTests {
  struct Name: Sendable {
    let seed: UInt64
    let member: Int
    let ordinal: Int
    let purpose: String
    let hash: UInt64
    let words: [UInt64]
  }

  static let names = [
    Name(
      seed: 0, member: 0, ordinal: 0, purpose: "", hash: 0xcbf2_9ce4_8422_2325,
      words: [
        0x1564_dce5_48aa_5f5c, 0x7a65_1c19_26d4_0bfa, 0xa9a8_d162_baf1_e546, 0x0d61_7ebb_5a33_ce15,
        0xeb17_176a_5376_390c, 0xacc8_f8bb_1cf2_deaa,
      ]),
    Name(
      seed: 1, member: 2, ordinal: 3, purpose: "exploit", hash: 0xb50f_7608_6057_a0ac,
      words: [
        0x2e6a_4e96_0abf_3513, 0xceb4_8690_4820_e06b, 0xef20_b6c5_43fc_0175, 0xf8e4_377e_c9f4_2eb4,
        0xc570_04bc_cbd5_ab3e, 0x59a7_9c69_ca36_1da2,
      ]),
    Name(
      seed: .max, member: 19, ordinal: 4, purpose: "explore learning_rate", hash: 0x4aab_5a7b_7625_1ac1,
      words: [
        0xfe15_9f08_695d_6cba, 0xaf80_03a0_b8bb_5118, 0x2331_6116_b0e1_a7ab, 0x7e4e_fe2e_3dee_e9f1,
        0x5e04_5998_cdd1_f199, 0x487c_73bb_0a0a_a138,
      ]),
    Name(
      seed: 42, member: 7, ordinal: 100_000, purpose: "sample größe", hash: 0x5470_f7e6_2db0_49fa,
      words: [
        0x2b5e_19fa_a15d_bffb, 0xdc93_6dac_2417_86fe, 0x87a4_08a4_1060_d605, 0x9484_952a_640f_fb78,
        0x0d4f_1235_cd8a_30ea, 0xf2b5_cd60_bc79_61d6,
      ]),
    Name(
      seed: 7, member: .max, ordinal: .max, purpose: "tie", hash: 0x56f2_dd19_445f_c1a1,
      words: [
        0x6f3d_4490_88e6_d197, 0x3d01_9277_f5c2_d8b0, 0xbdcb_c4e1_e169_3dde, 0x9a67_36a6_485f_1b33,
        0xdc3a_58a8_02d3_f355, 0x2152_f504_92f0_7493,
      ]),
  ]

  private func stream(_ purpose: String, seed: UInt64 = 1, member: Int = 2, ordinal: Int = 3) -> RandomStream {
    RandomStream(seed: seed, member: member, ordinal: ordinal, purpose: purpose)
  }

  @Test("A stream's numbers follow from its name as in numpy", arguments: names)
  func numbersFollowFromTheName(_ name: Name) {
    var random = stream(name.purpose, seed: name.seed, member: name.member, ordinal: name.ordinal)
    #expect(RandomStream.fnv1a64(name.purpose) == name.hash)
    #expect(name.words.map { _ in random.bits() } == name.words)
  }

  @Test("Real numbers are those of numpy's generator")
  func realNumbersAreThoseOfNumpy() {
    var random = stream("unit")
    let numbers = [
      0.7437492679658518, 0.6873380951706458, 0.8149605126244858, 0.23739399678372675, 0.08734765032982938,
      0.5345101191888462,
    ]
    #expect(numbers.map { _ in random.unit() } == numbers)
  }

  /// For 2^62 + 1 a quarter of the words is rejected, so a method that does not reject gives other numbers.
  @Test(
    "Integers below a bound are those of numpy's generator",
    arguments: [
      (4_294_967_297, [1_238_143_112, 142_974_648, 2_124_129_049, 2_905_881_400, 1_995_509_197, 1_870_522_589]),
      (
        1_000_000_000_000,
        [288_277_657_775, 33_288_879_354, 494_562_333_627, 676_578_236_817, 464_615_690_810, 435_514_978_343]
      ),
      (
        1 << 62 + 1,
        [
          1_329_446_043_787_733_492, 153_517_859_489_006_949, 3_120_166_395_102_650_016, 1_673_062_716_551_347_575,
          14_083_944_012_900_887, 1_029_101_940_729_450_538,
        ]
      ),
      (
        Int.max,
        [
          2_658_892_087_575_466_984, 307_035_718_978_013_898, 4_561_532_398_466_008_393, 6_240_332_790_205_300_031,
          4_285_323_370_503_906_027, 4_016_916_672_886_213_341,
        ]
      ),
      (7, [2, 0, 3, 4, 3, 3]), (1000, [288, 33, 494, 676, 464, 435]), (1, [0, 0, 0, 0, 0, 0]),
    ])
  func integersAreThoseOfNumpy(_ bound: Int, _ numbers: [Int]) {
    var random = stream("integer")
    #expect(numbers.map { _ in random.integer(below: bound) } == numbers)
  }

  @Test("Each integer below a small bound is as likely as the others", arguments: [2, 3, 7, 10, 100])
  func smallIntegersAreEquallyLikely(_ bound: Int) {
    var random = stream("chi-square")
    var counts = Array(repeating: 0, count: bound)
    for _ in 0..<20_000 { counts[random.integer(below: bound)] += 1 }
    #expect(areEquallyLikely(counts))
  }

  @Test("Each third below a bound that 2^64 is no multiple of is as likely as the others")
  func thirdsAreEquallyLikely() {
    var random = stream("thirds")
    var counts = [0, 0, 0]
    for _ in 0..<20_000 { counts[random.integer(below: 3 << 61) / (1 << 61)] += 1 }
    #expect(areEquallyLikely(counts))
  }

  @Test("Streams whose names differ in one part are different, and each is repeatable")
  func streamsAreTheirNames() {
    let streams = [
      stream("a"), stream("b"), stream("a", seed: 2), stream("a", member: 3), stream("a", ordinal: 4),
      stream("a", member: 3, ordinal: 2),
    ]
    func numbers(_ stream: RandomStream) -> [UInt64] {
      var stream = stream
      return (0..<100).map { _ in stream.bits() }
    }
    #expect(Set(streams.flatMap(numbers)).count == 100 * streams.count)
    #expect(numbers(stream("a")) == numbers(streams[0]))
  }

  @Test("Something with a probability happens that often", arguments: [0, 0.01, 0.25, 0.5, 0.9, 1])
  func chancesAreProbabilities(_ probability: Double) {
    var random = stream("chance")
    let count = (0..<20_000).count { _ in random.chance(probability) }
    #expect(isPlausible(count, of: 20_000, probability: probability))
  }
}
