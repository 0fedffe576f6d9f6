import SandboxStack
import SymMessages

/// What people ask for and what goes wrong in one run: drawn from its seed before anything begins.
struct ChaosStory: Sendable {
    /// One request, and what becomes of it.
    struct Ask: Sendable {
        enum Fate: Sendable, Equatable {
            case expires
            /// Ended early, so many milliseconds after it was approved.
            case revoked(after: Int64)
            /// Nobody says yes.
            case denied
        }

        let key: String
        let person: Caller
        let group: String
        /// In seconds.
        let duration: Int64
        /// It must be in place within seconds or fails.
        let isHurried: Bool
        let fate: Fate
        /// Milliseconds after the beginning.
        let at: Int64

        /// Longer ones take somebody's yes.
        var isVotedOn: Bool { !isHurried && duration > 5 }
    }

    enum Blow: Sendable, Equatable {
        /// SIGKILL, and so many milliseconds until somebody starts it again.
        case kill(revivedAfter: Int64)
        /// SIGSTOP, and so many milliseconds until SIGCONT.
        case stop(milliseconds: Int64)
    }

    enum Fault: Sendable {
        /// Whoever comes by a point first is struck there.
        /// - Parameter pass: how many come by unharmed before: 0 or 1.
        case trap(point: String, pass: Int, Blow)
        /// Struck wherever it is.
        case strike(Stack.Member, Blow)
        /// No answer from Kafka for so many milliseconds.
        case kafkaAway(milliseconds: Int64)
        /// As `POST /simulator/faults` takes it.
        case tailnet(String)
        /// Somebody adds a comment to the policy file.
        case comment
        /// Somebody takes a person out of a group whom they did not put in.
        case eviction(person: Caller, group: String)
    }

    let seed: UInt64
    let asks: [Ask]
    /// By lanes: faults of one lane befall one after the other, those of several at the same time. With milliseconds after
    /// the beginning.
    let lanes: [[(at: Int64, fault: Fault)]]

    /// How long a request is held up on its way to the tailnet: longer than whoever sent it waits.
    static let heldUp: Int64 = 14_000
    static let people = ["ana", "ben", "dan", "eve"].map { Caller.person(Scene.person("\($0)@example.com")) }
    static let groups = ["prod", "data", "ops"]
    /// Longer than it takes to ask for everything, with the longest of what is not revoked running still.
    private static let length: Int64 = 12_000

    init(seed: UInt64) {
        self.seed = seed
        var dice = ChaosDice(seed: seed)
        var asks = Self.asks(&dice)
        var lanes: [[(at: Int64, fault: Fault)]] = []
        // Alone: other faults, and other people, would keep it from its effect.
        let aim = dice.roll(1...100)
        if aim <= 15 {
            asks = Self.stuckAndBrief(&dice)
            lanes.append([(0, .tailnet(Self.heldUpWrite))])
        } else if aim <= 35, let ask = asks.first(where: \.isHurried) {
            // Before its last check, until the time for it is over or somebody else owns the lease.
            let blow = Blow.stop(milliseconds: dice.roll(7_000...14_000))
            lanes.append([(max(0, ask.at - 200), .trap(point: "provisioner.before-write", pass: 0, blow))])
        } else {
            lanes.append(Self.traps(&dice))
            if dice.happens(60) { lanes.append(Self.strikes(&dice)) }
            if dice.happens(35) {
                lanes.append([(dice.roll(1_000...9_000), .kafkaAway(milliseconds: dice.roll(500...8_000)))])
            }
            if dice.happens(60) { lanes.append(Self.tailnetFaults(&dice)) }
            if dice.happens(60) { lanes.append(Self.edits(&dice, asks)) }
        }
        self.asks = asks
        self.lanes = lanes
    }

    private static func asks(_ dice: inout ChaosDice) -> [Ask] {
        var asks: [Ask] = []
        let count = dice.roll(5...8)
        for number in 1...count {
            var person = dice.pick(people)
            var group = dice.pick(groups)
            var at = dice.roll(0...length - 3_000)
            // Often the same person again while they have it: that is how access is extended.
            if let last = asks.last, dice.happens(40) {
                person = last.person
                group = last.group
                at = min(last.at + dice.roll(0...max(1, last.duration * 1_000)), length - 1_000)
            }
            let duration: Int64 = dice.pick([2, 3, 3, 5, 5, 8, 60])
            let isHurried = dice.happens(25)
            let fate: Ask.Fate =
                if duration > 5, !isHurried, dice.happens(20) {
                    .denied
                } else if duration > 8 || dice.happens(25) {
                    .revoked(after: dice.roll(0...8_000))
                } else {
                    .expires
                }
            asks.append(
                Ask(
                    key: "ask-\(number)", person: person, group: group, duration: duration, isHurried: isHurried,
                    fate: fate, at: at))
        }
        return asks.sorted { $0.at < $1.at }
    }

    private static func blow(_ dice: inout ChaosDice) -> Blow {
        guard dice.happens(55) else { return .kill(revivedAfter: dice.roll(0...4_000)) }
        // The group gives up a member after 6 s of silence.
        return .stop(milliseconds: dice.happens(50) ? dice.roll(500...5_500) : dice.roll(7_000...14_000))
    }

    private static func traps(_ dice: inout ChaosDice) -> [(at: Int64, fault: Fault)] {
        (0..<dice.roll(1...3)).map { _ in
            let point =
                switch dice.roll(1...100) {
                case ...78: "provisioner.\(dice.pick(provisionerPoints))"
                case ...92: "approval.\(dice.pick(approvalPoints))"
                default: "intake.\(dice.pick(intakePoints))"
                }
            let pass: Int64 = dice.happens(50) ? 0 : 1
            return (dice.roll(0...length - 4_000), .trap(point: point, pass: Int(pass), blow(&dice)))
        }.sorted { $0.at < $1.at }
    }

    /// The first write is held up until its time is over, or is thought to be lost; meanwhile the file changes, often to
    /// what it was.
    private static func stuckAndBrief(_ dice: inout ChaosDice) -> [Ask] {
        let stuck = Ask(
            key: "ask-1", person: people[0], group: "prod", duration: dice.pick([2, 5, 8]), isHurried: dice.happens(80),
            fate: dice.happens(50) ? .expires : .revoked(after: dice.roll(0...8_000)), at: 500)
        let brief = Ask(
            key: "ask-2", person: people[1], group: dice.pick(groups), duration: dice.pick([2, 3]), isHurried: false,
            fate: .expires, at: dice.roll(2_000...9_000))
        return dice.happens(70) ? [stuck, brief] : [stuck]
    }

    private static let heldUpWrite =
        #"{"kind": "late", "path": "acl", "method": "POST", "delay_ms": \#(heldUp), "count": 1}"#

    private static func strikes(_ dice: inout ChaosDice) -> [(at: Int64, fault: Fault)] {
        (0..<dice.roll(1...2)).map { _ in
            let member = dice.pick([
                Stack.Member.provisioner, .provisioner, .secondProvisioner, .secondProvisioner, .approval,
            ])
            return (dice.roll(500...length - 2_000), .strike(member, blow(&dice)))
        }.sorted { $0.at < $1.at }
    }

    private static func tailnetFaults(_ dice: inout ChaosDice) -> [(at: Int64, fault: Fault)] {
        (0..<dice.roll(1...3)).map { _ in
            let body = dice.pick([
                #"{"kind": "status", "status": 429, "retry_after": 1, "path": "acl", "count": 2}"#,
                #"{"kind": "status", "status": 500, "path": "acl", "method": "POST", "count": 1}"#,
                #"{"kind": "status", "status": 503, "path": "acl", "count": 2}"#,
                #"{"kind": "drop_after_apply", "count": 1}"#,
                #"{"kind": "truncated", "path": "acl", "method": "POST", "count": 1}"#,
                #"{"kind": "down", "path": "acl", "count": 2}"#,
                #"{"kind": "conflict", "count": 1}"#,
                #"{"kind": "conflict", "skip": 1, "count": 2}"#,
                #"{"kind": "delay", "path": "acl", "delay_ms": 1500, "count": 2}"#,
                #"{"kind": "hang", "path": "acl", "method": "POST", "count": 1}"#,
                #"{"kind": "garbage", "path": "acl", "method": "GET", "count": 1}"#,
                heldUpWrite,
            ])
            return (dice.roll(0...length - 3_000), .tailnet(body))
        }.sorted { $0.at < $1.at }
    }

    private static func edits(_ dice: inout ChaosDice, _ asks: [Ask]) -> [(at: Int64, fault: Fault)] {
        (0..<dice.roll(1...4)).map { _ in
            let at = dice.roll(500...length)
            guard dice.happens(25) else { return (at, .comment) }
            let ask = dice.pick(asks)
            return (at, .eviction(person: ask.person, group: ask.group))
        }.sorted { $0.at < $1.at }
    }

    private static let provisionerPoints = [
        "order-received", "claim-recorded", "wanted-recorded", "attempt-recorded", "attempt-recorded", "before-write",
        "before-write", "write-released", "write-released", "written", "written", "read-back", "confirmed-recorded",
        "removed", "ending-recorded", "ended-recorded", "outcome-published", "reported-recorded", "before-commit",
    ]
    private static let approvalPoints = [
        "command-received", "event-acknowledged", "event-read-back", "order-acknowledged", "before-commit",
    ]
    private static let intakePoints = ["command-acknowledged"]
}

extension ChaosStory: CustomStringConvertible {
    /// For whoever has to find out why a seed fails.
    var description: String {
        let asked = asks.map { ask in
            "\(ask.at) \(ask.key) by \(ask.person) for \(ask.group), \(ask.duration) s\(ask.isHurried ? ", hurried" : ""), "
                + "\(ask.fate)"
        }
        let struck = lanes.joined().map { "\($0.at) \($0.fault)" }
        return "seed \(seed)\n" + (asked + struck).map { "  \($0)" }.joined(separator: "\n")
    }
}
