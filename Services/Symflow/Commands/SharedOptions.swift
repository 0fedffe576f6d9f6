import ArgumentParser
import FoundationEssentials
import SymMessages

/// Where the server is and how its answer is printed.
struct ServerOptions: ParsableArguments {
    @Option(help: "The address of sym-intake; else SYM_URL, else http://127.0.0.1:8080.")
    var url: String?

    @Flag(help: "Print the server's JSON.")
    var json = false

    func client() throws(Failure) -> SymClient { try SymClient(address: url) }

    /// Prints the server's JSON, or what `words` makes of it.
    func show<Value: Decodable>(
        _ reply: SymClient.Reply, as type: Value.Type, _ words: (Value) -> String
    ) throws(Failure) {
        if json {
            Console.say(String(decoding: reply.body, as: UTF8.self))
        } else {
            Console.say(words(try reply.decoded(as: type)))
        }
    }
}

extension ServerOptions {
    /// Prints the server's JSON, or words that need none of it.
    func show(_ reply: SymClient.Reply, _ words: () -> String) {
        Console.say(json ? String(decoding: reply.body, as: UTF8.self) : words())
    }
}

/// How a command is sent.
struct SendingOptions: ParsableArguments {
    @Option(help: "Names this command: repeated with the same key, it is not done twice. Default: a random one.")
    var key: String?

    @Option(help: ArgumentHelp("Wait this long for the outcome, 0 to 60.", valueName: "seconds"))
    var wait = 5

    func validate() throws {
        guard (0...60).contains(wait) else { throw ValidationError("--wait must be from 0 to 60 seconds.") }
    }

    /// The given key or a fresh one.
    var chosenKey: String { key ?? Self.freshKey }

    static var freshKey: String { UUID().uuidString.lowercased() }
}

extension SymClient {
    /// Sends a command about a request and tells what became of it.
    func tell(
        _ path: String, _ body: some Encodable, _ sending: SendingOptions, _ server: ServerOptions
    ) async throws {
        let key = sending.chosenKey
        let reply = try await send(
            Call(
                method: .post, path: path, body: try WireFormat.encode(body), key: key, takesKey: true,
                wait: sending.wait > 0 ? sending.wait : nil))
        try server.show(reply, as: Outcome.self) { outcome in
            outcome.history == nil
                ? "\(outcome.id)  submitted; look with `symflow request show \(outcome.id)`"
                : RequestStory(request: outcome.document).headline
        }
        guard sending.wait > 0 else { return }
        guard reply.isPending else {
            if !server.json { try await follow(reply.decoded(as: Outcome.self).document, for: .seconds(sending.wait)) }
            return
        }
        throw Failure(
            .outcomeUnknown,
            "Kafka has the command, but there was no outcome within \(sending.wait) s. It is not lost: look with "
                + "`symflow request show`.")
    }

    /// What was decided takes effect in the policy file a moment later: waits for that, and tells it.
    private func follow(_ decided: RequestDocument, for limit: Duration) async throws {
        guard decided.isUnderWay, let id = RequestID(rawValue: decided.id) else { return }
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(200))
            let present = try await request(id).decoded(as: RequestDocument.self)
            guard present.isUnderWay else { return Console.say(RequestStory(request: present).headline) }
        }
    }

    func request(_ id: RequestID) async throws -> Reply {
        try await send(Call(method: .get, path: "/v1/requests/\(id)"))
    }
}

/// An answer to a command: a request, or no more than its id.
private struct Outcome: Decodable {
    var document: RequestDocument

    var id: String { document.id }
    var history: [RequestDocument.Line]? { document.history }

    init(from decoder: any Decoder) throws { document = try RequestDocument(from: decoder) }
}

extension RequestDocument {
    /// Whether its rule approved it by itself, with nobody to ask.
    var isAutomatic: Bool { decision?.isAutomatic == true }

    /// Whether its rule approves by itself the extension that is asked for.
    private var isAutomaticExtension: Bool { round != nil && (isAutomatic || decision?.extending?.isAutomatic == true) }

    /// Whether Sym goes on with it at once, with nobody to wait for.
    fileprivate var isUnderWay: Bool {
        switch state {
        case .approved, .ending: true
        case .pending: isAutomatic
        case .active: isAutomaticExtension || rounds?.contains { $0.state == "approved" } == true
        default: false
        }
    }
}

extension RequestID: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument) }
}
