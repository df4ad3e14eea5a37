import PoptrainText
import Testing

struct `Wording for people` {
  @Test(arguments: [
    (0, "0 bytes"), (1, "1 byte"), (2, "2 bytes"), (999, "999 bytes"), (1000, "1 kB"), (72_345, "72.3 kB"),
    (999_499, "999 kB"), (999_700, "1 MB"), (999_999_999, "1 GB"), (1_500_000_000_000, "1.5 TB"),
    (9_223_372_036_854_775_807, "9.22 EB"),
  ])
  func `writes sizes with three digits and the unit that they need`(_ bytes: Int, _ words: String) {
    #expect(spoken(bytes: bytes) == words)
  }
}
