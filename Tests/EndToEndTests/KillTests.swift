import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

/// A service is killed at a named point; after its restart the world must look as if it had not been.
struct KillPoint: Sendable, CustomTestStringConvertible {
    enum Ending: Sendable { case expiry, early }
    enum Way: Sendable { case http, kafka }

    let member: Stack.Member
    /// `name` or `name:n` for the n-th time.
    let point: String
    var ending = Ending.early
    var way = Way.http

    var testDescription: String { "\(point), \(ending == .early ? "ended early" : "expired")" }

    /// In CI: the places where something durable has happened and the next thing has not.
    static let chosen: [KillPoint] = [
        KillPoint(member: .intake, point: "intake.submission-received", way: .kafka),
        KillPoint(member: .intake, point: "intake.command-acknowledged"),
        KillPoint(member: .approval, point: "approval.event-acknowledged"),
        KillPoint(member: .approval, point: "approval.event-read-back"),
        KillPoint(member: .approval, point: "approval.order-acknowledged", ending: .expiry),
        KillPoint(member: .approval, point: "approval.before-commit"),
        KillPoint(member: .provisioner, point: "provisioner.wanted-recorded"),
        KillPoint(member: .provisioner, point: "provisioner.attempt-recorded"),
        KillPoint(member: .provisioner, point: "provisioner.written"),
        KillPoint(member: .provisioner, point: "provisioner.confirmed-recorded", ending: .expiry),
        KillPoint(member: .provisioner, point: "provisioner.removed", ending: .expiry),
        KillPoint(member: .provisioner, point: "provisioner.ended-recorded"),
    ]

    /// By `make chaos`: every point, with both endings.
    static let all: [KillPoint] = {
        let intake = ["submission-received", "command-acknowledged", "before-commit"].map {
            KillPoint(member: .intake, point: "intake.\($0)", way: .kafka)
        }
        let approval = [
            "command-received", "command-received:2", "event-acknowledged", "event-acknowledged:2",
            "event-acknowledged:3",
            "event-read-back", "order-acknowledged", "before-commit", "before-commit:2", "before-commit:3",
        ].map { KillPoint(member: .approval, point: "approval.\($0)") }
        let provisioner = [
            "order-received", "claim-recorded", "wanted-recorded", "attempt-recorded", "written", "read-back",
            "confirmed-recorded",
            "outcome-published", "outcome-published:2", "removed", "ended-recorded", "before-commit",
        ].map { KillPoint(member: .provisioner, point: "provisioner.\($0)") }
        let early = intake + approval + provisioner
        return early
            + early.map { point in
                var expired = point
                expired.ending = .expiry
                return expired
            }
    }()

    static let isChaos = ProcessInfo.processInfo.environment["SYM_TEST_CHAOS"] == "1"
}

@Suite("P8 one outcome, P2 every lease ends: a service killed by SIGKILL")
struct KillTests {
    @Test(
        "one membership, one history, the file restored", .enabled(if: Kcat.isInstalled, "kcat is not installed"),
        arguments: KillPoint.isChaos ? KillPoint.all : KillPoint.chosen)
    func killed(at point: KillPoint) async throws {
        try await Scene.prepared { scene in
            let mark = "\(scene.stack.plan.folder)/mark"
            try await scene.stack.start(.broker)
            try await scene.stack.start(.simulator)
            for member in Stack.Member.services {
                let fault = member == point.member ? ["SYM_FAULT_KILL_AT": point.point, "SYM_FAULT_MARK": mark] : [:]
                try scene.stack.launch(member, adding: fault)
            }
            for member in Stack.Member.services { try await scene.stack.ready(member) }
            try await scene.configure()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await scene.revive(point, mark: mark) }
                group.addTask { try await scene.play(point) }
                try await group.waitForAll()
            }
        }
    }
}

extension Scene {
    /// Waits for the death at the point, proves it, and starts the service again without the fault.
    func revive(_ point: KillPoint, mark: String) async throws {
        let victim = try #require(stack.process(point.member))
        let end = try await within(.seconds(90), "\(point.member.rawValue) to reach \(point.point)") {
            try await victim.ended()
        }
        #expect(end == .signalled(9))
        let marked = try String(contentsOfFile: mark, encoding: .utf8)
        #expect(marked.hasPrefix(point.point.split(separator: ":").first ?? ""))
        try await stack.start(point.member)
    }

    fileprivate func play(_ point: KillPoint) async throws {
        let seconds = point.ending == .expiry ? 5 : 3600
        let id: RequestID
        switch point.way {
        case .http: id = try await submit(key: "kill", Self.form(seconds: seconds))
        case .kafka:
            id = RequestID(caller: .bot(Self.bot), source: "https://incidents.example.com", id: "kill")
            try await kcat().produce(
                to: stack.topics.submissions(Self.bot),
                value: Self.submission(id: "kill", Self.form(seconds: seconds, ["for": "\"ana@example.com\""])))
        }
        try await approve(id)
        if point.ending == .early {
            try await told(id, is: [.active])
            // P6: active is only said of what the file, read back, shows.
            #expect(try await policyFile() == Self.policy(with: "ana@example.com"))
            try await end(id)
        }
        try await told(id, is: [.ended], within: .seconds(90))
        #expect(try await policyFile() == Self.policy)
        switch point.ending {
        case .early:
            try await expectOneStory(of: id, Self.story(of: "submitted", "approved", "active", "ending", "ended"))
            try await expectOneOutcome(of: id, ["confirmed", "ended"])
        case .expiry:
            // A lease whose time was up before anybody could report its start is only reported as ended.
            try await expectOneStory(
                of: id, Self.story(of: "submitted", "approved", "active", "ended"),
                Self.story(of: "submitted", "approved", "ended"))
            try await expectOneOutcome(of: id, ["confirmed", "ended"], ["ended"])
        }
    }

    private static func story(of steps: String...) -> [String] { steps.map { "sym.request.\($0).v1" } }

    /// A submission in structured mode.
    static func submission(id: String, _ data: String, type: String = SubmissionMessage.requestType) -> String {
        """
        {"specversion": "1.0", "id": "\(id)", "source": "https://incidents.example.com", "type": "\(type)", \
        "datacontenttype": "application/json", "data": \(data)}
        """
    }
}
