import Testing
@testable import PoptrainPostgres

@Suite struct ScramTests {
  private static let challenge = "r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

  /// Computed with Python's hashlib and hmac.
  @Test func `The proof is that of the standard, and the server's own is checked`() throws {
    var exchange = ScramExchange(password: "pencil", nonce: "abc")
    #expect(exchange.first == "n,,n=,r=abc" && !exchange.isRight("v="))
    #expect(exchange.answer(to: Self.challenge) == "c=biws,r=abcdef,p=bSI8JNC0sKQP16qvlI6NKMXQ4J2/VohdftY61WfuhYM=")
    #expect(exchange.isRight("v=XEXwO+D7+icdt5gNaz3tMhD5h7j/sFGi1DJsK3wc9Tg="))
    #expect(!exchange.isRight("v=W22ZaJ0SNY7soEsUEjb6gQ==") && !exchange.isRight("e=other-error"))
  }

  @Test(arguments: [
    "", "r=abcdef", "r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "r=xyz,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0", "r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=9999999999",
    "r=abcdef,s=?,i=4096",
  ])
  func `What is no challenge is not answered`(challenge: String) {
    var exchange = ScramExchange(password: "pencil", nonce: "abc")
    #expect(exchange.answer(to: challenge) == nil)
  }
}
