import Testing

@testable import PopulationBasedTraining

/// Philox4x64-10, against numpy. The words are
///
///     [hex(w) for w in numpy.random.Philox(key=key, counter=counter).random_raw(6)]
///
/// with `key` and `counter` as arrays of `numpy.uint64`.
@Suite struct PhiloxTests {
  struct Sample: Sendable {
    let key: (UInt64, UInt64)
    let counter: (UInt64, UInt64, UInt64, UInt64)
    let words: [UInt64]
  }

  static let samples = [
    Sample(
      key: (0, 0), counter: (0, 0, 0, 0),
      words: [
        0x02f4_ba64_08e4_d89b, 0x3dd6_2b0b_9ca8_c5b2, 0x1c86_67a5_5d90_2e79, 0x907d_7a05_2fd5_b4dc,
        0x809b_f322_8839_87c3, 0x4711_28b9_e807_f7dd,
      ]),
    Sample(
      key: (1, 2), counter: (3, 4, 5, 6),
      words: [
        0x8070_e578_8d05_927e, 0x1c5a_ef1c_b545_1508, 0xd04b_22ec_4863_e2a0, 0xd67c_c7da_10e9_19ce,
        0x00a7_b5fa_e736_fabf, 0x832d_f5ec_2023_505b,
      ]),
    Sample(
      key: (.max, .max), counter: (.max, .max, .max, .max),
      words: [
        0x44b7_493d_1acf_c229, 0x6636_af8e_9979_21dd, 0x3f73_e132_b5b3_780e, 0x6056_44dd_e03b_01b1,
        0x6d46_cc0e_71f0_be7e, 0x924e_a169_3f9a_8bc0,
      ]),
    Sample(
      key: (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210), counter: (.max, 7, 0, 0),
      words: [
        0xefbe_4994_1e1b_3bc9, 0xcccf_aa78_06de_a30a, 0x53a2_6f21_aaea_d34a, 0xef91_bb37_cbb6_2fd5,
        0xc8a5_12ca_715f_e527, 0x172a_5a45_6936_7e42,
      ]),
    Sample(
      key: (5, 6), counter: (.max - 1, .max, .max, 9),
      words: [
        0x748a_6032_08f3_0202, 0x80cb_e942_dd7a_3134, 0x2973_c166_d2e6_315b, 0x4a17_a74d_bafc_c457,
        0x520b_64d7_5673_6fa5, 0xedec_0abd_655d_bd24,
      ]),
  ]

  @Test("Its words are those of numpy, also where the counter carries", arguments: samples)
  func wordsAreThoseOfNumpy(_ sample: Sample) {
    var philox = Philox(key: sample.key, counter: sample.counter)
    #expect(sample.words.map { _ in philox.next() } == sample.words)
  }
}
