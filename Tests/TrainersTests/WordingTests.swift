import PoptrainText
import Testing

struct `Wording for people` {
  @Test(
    arguments: [
      (0.02, "0.02 s"), (1.5, "1.5 s"), (12.7, "12 s"), (200, "3 min 20 s"), (1800, "30 min"), (3600, "1 h"),
      (3900, "1 h 5 min"),
    ] as [(Double, String)])
  func `writes times with the units that they need`(_ seconds: Double, _ words: String) {
    #expect(spoken(.seconds(seconds)) == words)
  }

  @Test(arguments: [
    (0, "0 bytes"), (1, "1 byte"), (2, "2 bytes"), (999, "999 bytes"), (1000, "1 kB"), (72_345, "72.3 kB"),
    (999_499, "999 kB"), (999_700, "1 MB"), (999_999_999, "1 GB"), (1_500_000_000_000, "1.5 TB"),
    (9_223_372_036_854_775_807, "9.22 EB"),
  ])
  func `writes sizes with three digits and the unit that they need`(_ bytes: Int, _ words: String) {
    #expect(spoken(bytes: bytes) == words)
  }
}
