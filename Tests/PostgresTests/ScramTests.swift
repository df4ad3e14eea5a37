import Testing
@testable import PoptrainPostgres

@Suite struct ScramTests {
  /// The example of RFC 7677.
  @Test func `The client's proof is that of the standard, and it knows the server's`() throws {
    var exchange = ScramExchange(password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO")
    #expect(exchange.first == "n,,n=,r=rOprNGfwEbeRWgbNEkqO")
  }
}
