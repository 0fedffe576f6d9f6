import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

/// Plays a story with real processes: two provisioners of one group, the other services, a broker and a tailnet.
struct ChaosRun: Sendable {
    static let cy = Scene.cy
    /// Longer than the longest story takes, with everything that can be late.
    static let limit = Duration.seconds(400)
    static let services = Stack.Member.services + [.secondProvisioner]

    let scene: Scene
    let story: ChaosStory
    let journal = ChaosJournal()
    private let beginning = ContinuousClock.now

    var traps: String { Self.traps(scene) }

    private static func traps(_ scene: Scene) -> String { "\(scene.stack.plan.folder)/traps" }

    /// Starts everything, and waits until it works.
    static func prepare(_ scene: Scene) async throws {
        try FileManager.default.createDirectory(atPath: traps(scene), withIntermediateDirectories: true)
        try await scene.stack.start(.broker)
        try await scene.stack.start(.simulator)
        for member in services { try launch(member, scene) }
        for member in services { try await scene.stack.ready(member) }
        try await scene.stack.tailnet(
            hasUsers: ["ana", "ben", "cy", "dan", "eve", "kim", "zoe"].map { "\($0)@example.com" })
        try await scene.configure("chaos.yaml")
    }

    static func launch(_ member: Stack.Member, _ scene: Scene) throws {
        try scene.stack.launch(member, adding: ["SYM_FAULT_TRAPS": traps(scene)])
    }

    /// Plays it to its end, when everybody is out and all processes run.
    func play() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ask in story.asks { group.addTask { try await live(ask) } }
            for lane in story.lanes {
                group.addTask {
                    for (at, fault) in lane { try await befall(fault, at: at) }
                }
            }
            try await group.waitForAll()
        }
        try await settle()
        try await epilogue()
    }

    /// Waits until everything that was held up has arrived, and nobody stands in the file any more: what came in late is
    /// taken out without anybody asking for anything.
    private func settle() async throws {
        let simulator = HTTP(base: scene.stack.simulatorURL, token: nil)
        try await eventually("what was held up to arrive", within: .seconds(60)) { () -> Probe<Void> in
            let calls = try await simulator.call("GET", "/simulator/requests").json?["requests"]?.elements ?? []
            let late = calls.filter { $0["fault"]?.text == "late" }
            let arrived = late.filter { $0["status"]?.number != 0 }
            return arrived.count * 2 == late.count ? .found(()) : .notYet("\(late.count)")
        }
        try await eventually("everybody to be out", within: .seconds(60)) { () -> Probe<Void> in
            let text = try await simulator.call("GET", "/simulator/policy").text
            let glance = PolicyGlance(text, groups: ChaosStory.groups, standing: ChaosEvidence.standing)
            return glance.members.isEmpty ? .found(()) : .notYet("\(glance.members.sorted())")
        }
    }

    /// The moments of a story are its own; nothing is waited for by them.
    func moment(_ milliseconds: Int64) async throws {
        try await Task.sleep(until: beginning + .milliseconds(milliseconds), clock: .continuous)
    }

    /// From the question to the final state.
    private func live(_ ask: ChaosStory.Ask) async throws {
        try await moment(ask.at)
        let fields = ["flow": ask.isHurried ? "\"hurried\"" : "\"access\"", "target": "\"\(ask.group)\""]
        // The request's id is known before it is sent.
        let id = RequestID(caller: ask.person, source: "http", id: ask.key)
        let asked = Timestamp.now
        journal.change { $0.requests[id] = (ask, ask.isVotedOn ? nil : asked) }
        #expect(
            try await scene.submit(
                as: ask.person, key: ask.key, Scene.form(seconds: Int(ask.duration), fields), within: .seconds(120))
                == id)
        if ask.isVotedOn { try await decide(ask, id) }
        if case .revoked(let after) = ask.fate {
            let told = try await state(of: id, ask, "to be approved") { $0 != .pending && $0 != .none }
            if !told.isFinal {
                try await Task.sleep(for: .milliseconds(after))
                journal.change { $0.endsAsked[id] = Timestamp.now }
                journal.note("END of \(ask.key) asked for")
                try await scene.insist(
                    "POST", "/v1/requests/\(id)/end", as: ask.person, key: "end-\(id)", body: "{\"reason\": \"done\"}",
                    within: .seconds(120))
            }
        }
        _ = try await state(of: id, ask, "to be over", \.isFinal)
    }

    private func decide(_ ask: ChaosStory.Ask, _ id: RequestID) async throws {
        let offer = try await eventually("the offer of \(ask.key)", within: .seconds(120)) {
            let reply = try? await scene.http(as: ask.person).call("GET", "/v1/requests/\(id)")
            let offer = reply?.json?["offer_id"]?.text
            return offer.map { .found($0) } ?? .notYet(reply?.text ?? "no answer")
        }
        let verb = ask.fate == .denied ? "deny" : "approve"
        if ask.fate != .denied {
            let now = Timestamp.now
            journal.change { $0.requests[id] = (ask, now) }
        }
        try await scene.insist(
            "POST", "/v1/requests/\(id)/\(verb)", as: Self.cy, key: "\(verb)-\(id)",
            body: "{\"offer_id\": \"\(offer)\"}",
            within: .seconds(120))
    }

    /// Waits for a state of a request, whatever is away meanwhile.
    private func state(
        of id: RequestID, _ ask: ChaosStory.Ask, _ what: String, _ isWanted: (RequestState) -> Bool
    ) async throws -> RequestState {
        try await eventually("\(ask.key) (\(id)) \(what)", within: .seconds(180), every: .milliseconds(100)) {
            let reply = try? await scene.http(as: ask.person).call("GET", "/v1/requests/\(id)")
            guard let state = reply?.json?["state"]?.text.flatMap(RequestState.init(rawValue:)), isWanted(state) else {
                return .notYet(reply?.text ?? "no answer")
            }
            return .found(state)
        }
    }

    /// When all is over, everything works: somebody gets in, and out again.
    private func epilogue() async throws {
        for member in Self.services {
            let process = try #require(scene.stack.process(member))
            #expect(process.end == nil, "\(member.rawValue) \(process.end.map { "\($0)" } ?? "")")
        }
        let ask = ChaosStory.Ask(
            key: "epilogue", person: ChaosStory.people[0], group: "prod", duration: 2, isHurried: false, fate: .expires,
            at: 0)
        try await live(ask)
        let id = RequestID(caller: ask.person, source: "http", id: ask.key)
        let reply = try await scene.http(as: ask.person).call("GET", "/v1/requests/\(id)")
        #expect(reply.json?["state"]?.text == "ended", "\(reply.text)")
    }
}
