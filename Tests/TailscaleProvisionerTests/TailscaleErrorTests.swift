import Leases
import TailscaleAPI
import Testing

@testable import TailscaleProvisioner

@Suite("What the API's errors mean for leases")
struct TailscaleErrorTests {
    @Test("A write that may have taken effect is never taken for one that has not")
    func unknownOutcomes() {
        let errors: [TailscaleError] = [
            .preconditionFailed, .rejected(message: "no", failedTests: []), .unauthorized(), .forbidden(message: "no"),
            .notFound(tailnet: "-"), .rateLimited(retryAfter: nil), .unavailable(status: 500, retryAfter: nil),
            .unreachable(reason: "x"), .answerLost(reason: "x"), .unexpectedStatus(302, message: "x"), .noToken,
            .cancelled,
        ]
        for error in errors {
            let isLost = if case .answerLost = WriteResult(error) { true } else { false }
            #expect(isLost == error.outcomeIsUnknown, "\(error)")
        }
        #expect(WriteResult(.preconditionFailed) == .preconditionFailed)
    }

    @Test("A credential that does not do keeps leases in their place; a change that is refused fails them")
    func kinds() {
        for error in [
            TailscaleError.unauthorized(), .unauthorized(.oauthClient(id: "k1")), .forbidden(message: "no"), .noToken,
        ] {
            let isUnauthorized = if case .unauthorized = WriteResult(error) { true } else { false }
            let cannotRead = if case .unauthorized = ReadFailure(error) { true } else { false }
            #expect(isUnauthorized && cannotRead)
        }
        let rejected = WriteResult(.rejected(message: "test(s) failed", failedTests: []))
        guard case .rejected(let words) = rejected else { return #expect(Bool(false), "\(rejected)") }
        #expect(words.contains("test(s) failed"))
    }

    @Test("The wait that the service asks for is kept to the millisecond")
    func retryAfter() {
        #expect(
            ReadFailure(.rateLimited(retryAfter: .milliseconds(1_500)))
                == .unavailable(
                    TailscaleError.rateLimited(retryAfter: .milliseconds(1_500)).description, retryAfter: 1_500))
    }
}
