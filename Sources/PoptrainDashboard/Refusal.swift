internal import HTTPTypes
internal import PoptrainRuns

/// Why a request is not answered.
struct Refusal: Error {
  let status: HTTPResponse.Status
  let message: String

  init(_ status: HTTPResponse.Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What could not be read of a run.
  init(_ error: RunError) {
    if case .notARun = error {
      self.init(.notFound, "\(error)")
    } else {
      self.init(.internalServerError, "\(error)")
    }
  }
}
