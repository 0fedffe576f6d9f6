import SandboxStack
import SymMessages
import Testing

/// What stands in the logs after a story: of the tailnet, of Kafka, and of the story itself.
struct ChaosEvidence: Sendable {
    /// The policy file from one moment to the next change.
    struct Version: Sendable {
        let at: Timestamp
        let text: String
        let glance: PolicyGlance
        /// Whether somebody else wrote it.
        let isForeign: Bool
    }

    /// An accepted event, as everybody reads it.
    struct Told: Sendable {
        let at: Timestamp
        let event: RequestEvent
    }

    struct Story: Sendable {
        let id: RequestID
        let member: PolicyGlance.Member
        let ask: ChaosStory.Ask
        /// When somebody, or a rule, could say yes to it at the earliest; `nil`: never.
        let consentedAt: Timestamp?
        let endAskedAt: Timestamp?
        let told: [Told]
    }

    /// The first is the file that the tailnet began with. In order.
    var versions: [Version]
    /// Writes that took effect without being conditional on a version.
    var unconditionalWrites: [Timestamp]
    var stories: [Story]
    var outcomes: [(at: Timestamp, outcome: Outcome)]
    /// From when until when something was struck, before anybody recovered.
    var disturbances: [ClosedRange<Timestamp>]
    /// From when until when a write was on its way, so long that nobody knew of it any more when it landed.
    var strays: [ClosedRange<Timestamp>]
    var standing: Set<PolicyGlance.Member>
    var initialText: String
    var finalText: String
    var lines: [(at: Timestamp, text: String)] = []
}

extension ChaosEvidence {
    static let standing: Set<PolicyGlance.Member> = [
        .init(group: "data", login: "zoe@example.com"), .init(group: "data", login: "eve@example.com"),
        .init(group: "ops", login: "kim@example.com"),
    ]

    static func gather(_ scene: Scene, _ journal: ChaosJournal.Entries, policy: String) async throws -> ChaosEvidence {
        let simulator = HTTP(base: scene.stack.simulatorURL, token: nil)
        let writes = try await simulator.call("GET", "/simulator/writes").json?["writes"]?.elements ?? []
        let calls = try await simulator.call("GET", "/simulator/requests").json?["requests"]?.elements ?? []
        func glance(_ text: String) -> PolicyGlance {
            PolicyGlance(text, groups: ChaosStory.groups, standing: standing)
        }
        var evidence = ChaosEvidence(
            versions: [
                Version(
                    at: Timestamp(milliseconds: 0), text: policy, glance: glance(policy), isForeign: true)
            ],
            unconditionalWrites: [], stories: [], outcomes: [], disturbances: journal.disturbances,
            strays: journal.strays, standing: standing,
            initialText: policy, finalText: try await scene.policyFile(), lines: journal.lines)
        for write in writes {
            guard let at = write["at"]?.number, let text = write["text"]?.text else { continue }
            let moment = Timestamp(milliseconds: at)
            guard write["status"]?.number == 200 else {
                evidence.lines.append((moment, "WRITE refused: \(write["status"]?.number ?? 0)"))
                continue
            }
            evidence.versions.append(
                Version(
                    at: moment, text: text, glance: glance(text), isForeign: journal.foreignTexts.contains(text)))
            if write["if_match"]?.text != write["etag_before"]?.text { evidence.unconditionalWrites.append(moment) }
        }
        for call in calls {
            guard let fault = call["fault"]?.text, let at = call["at"]?.number.map(Timestamp.init(milliseconds:)) else {
                continue
            }
            let isHeldUp = fault == "late" && call["status"]?.number == 0
            let until = isHeldUp ? at.advanced(byMilliseconds: ChaosStory.heldUp) : at
            evidence.disturbances.append(at...until)
            if isHeldUp { evidence.strays.append(at...until) }
            evidence.lines.append(
                (at, "CALL \(call["method"]?.text ?? "") \(call["path"]?.text ?? "") met with \(fault)"))
        }
        try await evidence.readKafka(scene, journal)
        return evidence
    }

    private mutating func readKafka(_ scene: Scene, _ journal: ChaosJournal.Entries) async throws {
        let kcat = try scene.kcat()
        var logs: [RequestID: (log: RequestLog, told: [Told])] = [:]
        for value in try await kcat.values(of: scene.stack.topics.events) {
            let envelope = try WireFormat.decode(Envelope<RequestEvent>.self, from: Array(value.utf8))
            guard let id = RequestID(rawValue: envelope.subject) else { continue }
            var known = logs[id] ?? (RequestLog(id: id, reader: .deciding), [])
            if known.log.append(envelope) == .accepted {
                known.told.append(Told(at: envelope.time, event: envelope.body))
            }
            logs[id] = known
        }
        for (id, request) in journal.requests {
            let told = logs[id]?.told ?? []
            let login = request.ask.person.description.dropFirst("person:".count)
            stories.append(
                Story(
                    id: id, member: .init(group: request.ask.group, login: String(login)), ask: request.ask,
                    consentedAt: request.consentedAt, endAskedAt: journal.endsAsked[id], told: told))
        }
        stories.sort { $0.ask.at < $1.ask.at }
        for value in try await kcat.values(of: "sym.tailscale.outcomes") {
            let envelope = try WireFormat.decode(Envelope<Outcome>.self, from: Array(value.utf8))
            outcomes.append((envelope.time, envelope.body))
        }
    }

    private static func words(_ fact: Fact) -> String {
        switch fact {
        case .active(let active): "active from \(active.startedAt) to \(active.endsAt)"
        case .ended(let ended): "ended at \(ended.endedAt), \(ended.reason), \(ended.membership)"
        case .failed(let failed): "failed: \(failed.reason)"
        case .approved(let approved): "approved, to start by \(approved.startBy)"
        case .commandRefused(let refused): "refuses \(refused.command): \(refused.refusal.reason)"
        default: fact.type
        }
    }

    /// Everything that happened, in order.
    var timeline: String {
        var all = lines
        var before: Set<PolicyGlance.Member> = []
        for version in versions {
            let now = version.glance.members
            let added = now.subtracting(before).sorted().map { "+ \($0)" }
            let removed = before.subtracting(now).sorted().map { "- \($0)" }
            all.append(
                (
                    version.at,
                    "FILE\(version.isForeign ? " by others" : "") " + (added + removed).joined(separator: ", ")
                ))
            before = now
        }
        for story in stories {
            for told in story.told {
                all.append((told.at, "TOLD \(story.ask.key) (\(story.member)) \(Self.words(told.event.fact))"))
            }
        }
        return all.filter { $0.at.milliseconds > 0 }.sorted { $0.at < $1.at }
            .map { "\("\($0.at)".dropFirst(11).prefix(12)) \($0.text)" }.joined(separator: "\n")
    }
}

extension JSONValue {
    var number: Int64? { if case .integer(let number) = self { number } else { nil } }
}
