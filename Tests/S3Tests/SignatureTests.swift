@testable import PoptrainS3
import Foundation
import NIOHTTP1
import Testing

/// Servers of the other tests check signatures, too.
@Suite("A signature") struct SignatureTests {
  private func signature(
    _ request: S3Request, host: String, region: String, token: String? = nil, at time: String
  ) throws -> String {
    let credentials = S3Credentials(
      accessKey: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", token: token)
    let headers = request.signedHeaders(
      host: host, region: region, credentials: credentials, at: try Date(time, strategy: .iso8601))
    return try #require(headers["authorization"]?.components(separatedBy: "Signature=").last)
  }

  /// Examples of "Authenticating Requests: Using the Authorization Header" in the reference of Amazon S3.
  @Test(
    "is that of AWS's examples",
    arguments: [
      (
        S3Request(method: .GET, path: "/test.txt", headers: ["range": "bytes=0-9"]),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
      ),
      (
        S3Request(
          method: .PUT, path: "/test$file.text",
          headers: ["date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"],
          body: Data("Welcome to Amazon S3.".utf8)),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
      ),
      (
        S3Request(method: .GET, path: "/", query: ["lifecycle": ""]),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
      ),
      (
        S3Request(method: .GET, path: "/", query: ["max-keys": "2", "prefix": "J"]),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
      ),
    ])
  func published(request: S3Request, expected: String) throws {
    let found = try signature(
      request, host: "examplebucket.s3.amazonaws.com", region: "us-east-1", at: "2013-05-24T00:00:00Z")
    #expect(found == expected)
  }

  @Test(
    "is that of botocore 1.44.8 for a port, a token, and characters that are encoded",
    arguments: [
      (
        S3Request(
          method: .PUT, path: "/runs/a b+c=d/ü~", headers: ["if-none-match": "*"], body: Data("contents".utf8)),
        "a/token+of==", "fc76ea53176418109cacb1b29a30070d6d028503a5686484f9cf4321a0069431"
      ),
      (
        S3Request(
          method: .GET, path: "/runs",
          query: ["list-type": "2", "encoding-type": "url", "prefix": "a/b c", "start-after": ""]),
        nil, "398fe52bd7e0ee59d234b144dd994c0f10f83289c78363358eb8abd04af5762b"
      ),
      (
        S3Request(method: .POST, path: "/runs/a", query: ["uploads": ""]), nil,
        "d6458beceec2efb69a9b4255661ee4b3fd807558af96478c7af858adfd6957e3"
      ),
    ])
  func computed(request: S3Request, token: String?, expected: String) throws {
    let found = try signature(
      request, host: "localhost:9000", region: "eu-central-1", token: token, at: "2026-01-31T09:08:07Z")
    #expect(found == expected)
  }
}
