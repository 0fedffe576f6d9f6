import Crypto
import HuJSON
import SymMessages

/// A stand-in for the Tailscale API of one tailnet: its policy file, with the service's versions, checks, statuses and
/// error texts (reference: Tailscale's OpenAPI and captured answers), a log of every write, and faults on demand.
///
/// A value without clock or I/O. It differs from the service where it says so: it keeps a text as it was sent, where the
/// service lays it out anew, and it does not run the file's own `tests`.
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

    /// A write that arrived, whatever became of it.
    struct Write: Hashable, Sendable {
        /// When it arrived, in milliseconds since 1970.
        var at: Int64
        var ifMatch: String?
        var etagBefore: String
        var etagAfter: String
        /// The status of the answer; of a lost answer, the one that was lost. 0: it was not let in at all.
        var status: Int
        /// Whether the answer was withheld.
        var isAnswerLost = false
        var text: [UInt8]
    }

    private(set) var policy: [UInt8]
    private(set) var writes: [Write] = []
    private var faults: [TailnetFault] = []
    private let token: String
    private let tailnets: Set<String>

    /// - Parameters:
    ///   - policy: the file to begin with; it is not checked.
    ///   - token: the one API token that is accepted.
    ///   - tailnets: the names it answers to in paths, beside `-`.
    init(policy: [UInt8], token: String, tailnets: [String]) {
        self.policy = policy
        self.token = token
        self.tailnets = Set(tailnets).union(["-"])
    }

    /// The version of a text, with its quotes.
    static func etag(of text: [UInt8]) -> String {
        let digest = SHA256.hash(data: text).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }
        return "\"\(digest.joined())\""
    }

    /// - Parameter now: milliseconds since 1970.
    mutating func handle(_ request: TailnetRequest, at now: Int64) -> TailnetOutcome {
        switch request.path.first {
        case "simulator": TailnetOutcome(control(request))
        case "api": service(request, at: now)
        default: TailnetOutcome(.message(404, "not found"))
        }
    }

    private mutating func service(_ request: TailnetRequest, at now: Int64) -> TailnetOutcome {
        let fault = nextFault(for: request)
        let before = Self.etag(of: policy)
        var outcome: TailnetOutcome
        switch fault?.kind {
        case .down:
            outcome = TailnetOutcome(.message(0, ""), isDropped: true)
        case .status:
            outcome = TailnetOutcome(fault?.response ?? .message(500, "internal server error"))
        case .dropAfterApply:
            outcome = TailnetOutcome(answer(request), isDropped: true)
        case .delay, nil:
            outcome = TailnetOutcome(answer(request), delay: fault?.delay ?? 0)
        }
        if request.method == "POST" {
            writes.append(
                Write(
                    at: now, ifMatch: request.ifMatch, etagBefore: before, etagAfter: Self.etag(of: policy),
                    status: outcome.response.status, isAnswerLost: outcome.isDropped, text: request.body))
        }
        return outcome
    }

    private mutating func answer(_ request: TailnetRequest) -> TailnetResponse {
        guard request.authorization == "Bearer \(token)" else { return .message(401, "API token invalid") }
        let path = request.path
        guard path.count == 5, path[1] == "v2", path[2] == "tailnet", tailnets.contains(path[3]), path[4] == "acl"
        else {
            return .message(404, "not found")
        }
        switch request.method {
        case "GET": return .policy(policy)
        case "POST": return write(request)
        default: return .message(405, "method not allowed")
        }
    }

    private mutating func write(_ request: TailnetRequest) -> TailnetResponse {
        if let ifMatch = request.ifMatch {
            let isCurrent = ifMatch == Self.etag(of: policy)
            let isDefault = ifMatch == "\"ts-default\"" && policy == Self.defaultPolicy
            guard isCurrent || isDefault else { return .message(412, "precondition failed, invalid old hash") }
        }
        guard !request.body.isEmpty else {
            // So the service does it: whoever sends nothing opens the whole tailnet.
            policy = Self.defaultPolicy
            return .policy(policy)
        }
        if let problem = TailnetPolicyCheck.problem(in: request.body) { return .message(400, problem) }
        policy = request.body
        return .policy(policy)
    }

    private mutating func nextFault(for request: TailnetRequest) -> TailnetFault? {
        guard let index = faults.firstIndex(where: { $0.concerns(request) }) else { return nil }
        let fault = faults[index]
        if let count = fault.count {
            faults[index].count = count - 1
            if count <= 1 { faults.remove(at: index) }
        }
        return fault
    }

    private mutating func control(_ request: TailnetRequest) -> TailnetResponse {
        switch (request.method, request.path.dropFirst().joined(separator: "/")) {
        case ("GET", "policy"):
            return .policy(policy)
        case ("PUT", "policy"):
            // Another editor: an admin in the console, Terraform. What it saves is taken as it is.
            policy = request.body
            return .policy(policy)
        case ("GET", "writes"):
            return .json(200, .object(["writes": .array(writes.map(\.json))]))
        case ("DELETE", "writes"):
            writes.removeAll()
            return .json(200, .object([:]))
        case ("POST", "faults"):
            guard let fault = TailnetFault(request.body) else { return .message(400, TailnetFault.usage) }
            faults.append(fault)
            return .json(200, .object([:]))
        case ("DELETE", "faults"):
            faults.removeAll()
            return .json(200, .object([:]))
        default:
            return .message(404, "not found")
        }
    }
}

extension TailnetSimulator.Write {
    var json: JSONValue {
        .object([
            "at": .integer(at), "if_match": ifMatch.map(JSONValue.string) ?? .null, "etag_before": .string(etagBefore),
            "etag_after": .string(etagAfter), "status": .integer(Int64(status)), "answer_lost": .bool(isAnswerLost),
            "text": .string(String(decoding: text, as: UTF8.self)),
        ])
    }
}
