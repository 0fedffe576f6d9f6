import Crypto
import HuJSON
import SymMessages

/// A stand-in for the Tailscale API of one tailnet: its policy file with the service's versions, checks, statuses and
/// error texts, its credentials, users, devices and settings; a log of what arrived, and faults on demand.
///
/// A value without clock, randomness or I/O. What it does as the service does, with the source of each behaviour, and
/// where it differs, is in docs/simulator.md.
struct TailnetSimulator: Sendable {
    /// What the service puts in place of a policy file that is reset: everybody may reach everything.
    static let defaultPolicy = Array(
        """
        // The default: every device may reach every other.
        {
        	"acls": [
        		{"action": "accept", "src": ["*"], "dst": ["*:*"]},
        	],
        }

        """.utf8)

    var policy: [UInt8]
    var log = TailnetLog()
    var faults = TailnetFaults()
    var credentials = TailnetCredentials()
    var directory = TailnetDirectory()
    /// Whether a saved text is laid out anew, as the service does.
    var isCanonical: Bool
    let tailnets: Set<String>
    private var rateLimit: TailnetRateLimit?
    /// How often a fault has let another editor save the file.
    private var otherEdits = 0

    /// - Parameters:
    ///   - policy: the file to begin with; it is not checked.
    ///   - token: an API access token that is accepted.
    ///   - tailnets: the names it answers to in paths, beside `-`.
    ///   - isCanonical: whether a saved text is laid out anew.
    ///   - rateLimit: how many calls it takes in a second; nil: any number.
    init(
        policy: [UInt8], token: String, tailnets: [String], isCanonical: Bool = false, rateLimit: Int? = nil
    ) {
        self.policy = isCanonical ? Self.canonical(policy) : policy
        self.tailnets = Set(tailnets).union(["-"])
        self.isCanonical = isCanonical
        self.rateLimit = rateLimit.map(TailnetRateLimit.init)
        credentials.add(.apiToken(token))
    }

    /// The version of a text, with its quotes.
    static func etag(of text: [UInt8]) -> String {
        let digest = SHA256.hash(data: text).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }
        return "\"\(digest.joined())\""
    }

    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - wasHeldUp: whether a fault has befallen it already, on its way.
    mutating func handle(_ request: TailnetRequest, at now: Int64, wasHeldUp: Bool = false) -> TailnetOutcome {
        let path = request.path
        switch path.first {
        case "simulator": return TailnetOutcome(control(request, at: now))
        case "api" where path.dropFirst().first == "v2": return service(request, at: now, wasHeldUp)
        default: return TailnetOutcome(.notFound)
        }
    }

    /// The layout that the service gives a text when it is saved; what is no HuJSON stays as it is.
    static func canonical(_ text: [UInt8]) -> [UInt8] {
        (try? HuJSONDocument(text))?.canonicalText() ?? text
    }

    /// Puts a text in place without checks.
    mutating func save(_ text: [UInt8]) {
        policy = isCanonical ? Self.canonical(text) : text
    }

    private mutating func service(_ request: TailnetRequest, at now: Int64, _ wasHeldUp: Bool) -> TailnetOutcome {
        let fault = wasHeldUp ? nil : faults.take(for: request)
        if fault?.kind == .conflict { letAnotherEditorSave() }
        let before = Self.etag(of: policy)
        let caller = credentials.caller(request.authorization, at: now)
        let outcome = outcome(of: request, from: caller, fault, at: now)
        let isLost = outcome.delivery != .whole
        if outcome.arrivesAfter == nil, request.method == "POST", request.resource == "acl" {
            log.add(
                TailnetLog.Write(
                    at: now, ifMatch: request.ifMatch, etagBefore: before, etagAfter: Self.etag(of: policy),
                    status: outcome.response.status, isAnswerLost: isLost, text: request.body))
        }
        log.add(
            TailnetLog.Call(
                at: now, method: request.method, target: request.target, status: outcome.response.status,
                credential: caller?.credential.label, userAgent: request.userAgent,
                fault: wasHeldUp ? .late : fault?.kind,
                isAnswerLost: isLost))
        return outcome
    }

    private mutating func outcome(
        of request: TailnetRequest, from caller: TailnetCredentials.Caller?, _ fault: TailnetFault?, at now: Int64
    ) -> TailnetOutcome {
        let notLetIn = TailnetResponse(status: 0, body: [])
        switch fault?.kind {
        case .down: return TailnetOutcome(notLetIn, delivery: .closed)
        case .hang: return TailnetOutcome(notLetIn, delivery: .never)
        case .late:
            var outcome = TailnetOutcome(notLetIn)
            outcome.arrivesAfter = fault?.delay
            return outcome
        case .status, .garbage:
            var response = fault?.response(at: now) ?? notLetIn
            if fault?.hasETag == true { response.etag = Self.etag(of: policy) }
            return TailnetOutcome(response)
        case .dropAfterApply: return TailnetOutcome(limitedAnswer(request, from: caller, at: now), delivery: .closed)
        case .truncated: return TailnetOutcome(limitedAnswer(request, from: caller, at: now), delivery: .truncated)
        case .conflict, .delay, nil:
            return TailnetOutcome(limitedAnswer(request, from: caller, at: now), delay: fault?.delay ?? 0)
        }
    }

    private mutating func limitedAnswer(
        _ request: TailnetRequest, from caller: TailnetCredentials.Caller?, at now: Int64
    ) -> TailnetResponse {
        guard rateLimit?.take(at: now) ?? true else {
            var response = TailnetResponse.message(429, "rate limit exceeded")
            response.retryAfter = "1"
            return response
        }
        return answer(request, from: caller, at: now)
    }

    /// The text stays as it is but for a comment on its first line.
    private mutating func letAnotherEditorSave() {
        let comment = "// Saved by another editor: "
        otherEdits += 1
        if policy.starts(with: comment.utf8) {
            policy = Array(policy.drop { $0 != UInt8(ascii: "\n") }.dropFirst())
        }
        save(Array("\(comment)\(otherEdits)\n".utf8) + policy)
    }
}

/// How many calls are taken in a second.
struct TailnetRateLimit: Hashable, Sendable {
    let perSecond: Int
    private var second: Int64 = 0
    private var taken = 0

    init(perSecond: Int) { self.perSecond = perSecond }

    /// Takes a call, or refuses it.
    mutating func take(at now: Int64) -> Bool {
        if now / 1000 != second {
            second = now / 1000
            taken = 0
        }
        taken += 1
        return taken <= perSecond
    }
}
