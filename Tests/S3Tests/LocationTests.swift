import PoptrainS3
import Testing

@Suite("A place in a bucket") struct LocationTests {
  @Test(
    "is a bucket, and what keys begin with",
    arguments: [
      ("s3://runs", "runs", ""), ("s3://runs/", "runs", ""), ("s3://runs/a/b", "runs", "a/b"),
      ("s3://runs/a/b/", "runs", "a/b"), ("s3://my.runs-1/a b+ü=%20", "my.runs-1", "a b+ü=%20"),
    ])
  func parsed(url: String, bucket: String, prefix: String) throws {
    let location = try S3Location(url)
    #expect(location.bucket == bucket && location.prefix == prefix)
    #expect(try S3Location("\(location)") == location)
  }

  @Test(
    "is refused with what is wrong, and what to write",
    arguments: [
      ("", "does not begin with `s3://`"), ("/runs", "does not begin with `s3://`"), ("gs://runs", "does not begin"),
      ("S3://runs", "does not begin"), ("s3://", "names no bucket"), ("s3:///a", "names no bucket"),
      ("s3://ab", "3 to 63"), ("s3://user@runs", "3 to 63"), ("s3://runs:9000/a", "3 to 63"), ("s3://-runs", "3 to 63"),
      ("s3://rüns", "3 to 63"), ("s3://runs//a", "has no name"), ("s3://runs/a//b", "has no name"),
      ("s3://runs/a//", "has no name"), ("s3://runs/../b", "`..` is no name"), ("s3://runs/./b", "`.` is no name"),
      ("s3://runs/a?versionId=3", "contains `?`"), ("s3://runs/a#b", "contains `#`"),
      ("s3://runs/a\nb", "control character"), ("s3://runs/a\u{0}", "control character"),
      ("s3://runs/" + String(repeating: "a", count: 513), "more than 512 bytes"),
    ])
  func refused(url: String, what: String) {
    #expect {
      try S3Location(url)
    } throws: { error in
      "\(error)".contains(what) && "\(error)".hasSuffix("write s3://BUCKET/FOLDER")
    }
  }
}
