import SymMessages
import Testing

@testable import Intake

/// The core beside a simulated Slack and a simulated `sym.intake-state`: both do what the test says.
struct SlackScenario {
    /// What a test makes of one call; `nil`: Slack does what is asked.
    typealias Weather = (SlackCall) -> SlackResult?

    struct Posted: Equatable {
        var channel: String
        var ts: String
        var message: SlackMessage
    }

    var core = SlackService()
    var now = SlackSample.start
    var weather: Weather = { _ in nil }
    /// What stands in Slack.
    var posted: [Posted] = []
    /// Every call that was made.
    var calls: [SlackCall] = []
    /// What stands in `sym.intake-state`, newest last.
    var records: [(RequestID, SlackRecord?)] = []
    var reports: [SlackReport] = []
    /// Effects that are held back, while `isHeld`.
    var held: [SlackService.Effect] = []
    var isHeld = false
    private var queue: [SlackService.Input] = []
    private var sequences: [RequestID: Int] = [:]
    private var log: [Envelope<RequestEvent>] = []
    private var lastTS = 0
    static let partition: Int32 = 3

    /// A core that owns the partition and has read it to its end.
    static func started() -> SlackScenario {
        var scenario = SlackScenario()
        scenario.takeOver()
        return scenario
    }

    /// A new process takes the partition over and reads it from the beginning.
    mutating func takeOver() {
        core = SlackService()
        held = []
        queue = []
        read()
    }

    /// The partition is taken over and read from the beginning.
    mutating func read() {
        feed(.assigned([Self.partition]))
        for (id, record) in records { feed(.record(id, record, partition: Self.partition)) }
        for event in log { feed(.event(event, partition: Self.partition)) }
        feed(.caughtUp(.state, partition: Self.partition))
        feed(.caughtUp(.events, partition: Self.partition))
    }

    mutating func feed(_ input: SlackService.Input) {
        queue.append(input)
        while !queue.isEmpty {
            for effect in core.handle(queue.removeFirst(), now: now) {
                if isHeld { held.append(effect) } else { perform(effect) }
            }
        }
    }

    mutating func release() {
        isHeld = false
        let effects = held
        held = []
        for effect in effects { perform(effect) }
        drain()
    }

    /// Lets time pass until nothing more is due within that time.
    mutating func pass(_ seconds: Int64) {
        let end = now + Seconds(seconds)
        var ticks = 0
        while let deadline = core.nextDeadline, deadline <= end, ticks < 10_000 {
            now = max(now, deadline)
            feed(.tick)
            ticks += 1
        }
        #expect(ticks < 10_000, "the core asks for ticks without end")
        now = end
    }

    mutating func event(_ id: RequestID, _ state: RequestState, _ fact: Fact) {
        let sequence = (sequences[id] ?? 0) + 1
        sequences[id] = sequence
        let envelope = Envelope(
            id: "\(id)/\(sequence)", source: "sym/approval", subject: id.rawValue, time: now,
            body: RequestEvent(sequence: sequence, state: state, cause: "c\(sequence)", fact: fact))
        log.append(envelope)
        feed(.event(envelope, partition: Self.partition))
    }

    // MARK: What Slack shows

    func shown(in channel: String) -> [SlackMessage] { posted.filter { $0.channel == channel }.map(\.message) }

    /// The conversation with a person, as the simulated Slack names it.
    static func conversation(with person: PersonID) -> String { "D-U-\(person)" }

    // MARK: The simulated world

    private mutating func drain() {
        while !queue.isEmpty {
            for effect in core.handle(queue.removeFirst(), now: now) { perform(effect) }
        }
    }

    mutating func perform(_ effect: SlackService.Effect) {
        switch effect {
        case .call(let id, let call): queue.append(.answered(id, answer(call)))
        case .remember(let envelope, let partition):
            guard let id = RequestID(rawValue: envelope.subject) else {
                Issue.record("a record about \(envelope.subject)")
                return
            }
            records.append((id, envelope.body))
            queue.append(.remembered(id, partition: partition))
        case .forget(let id, let partition):
            records.append((id, nil))
            queue.append(.remembered(id, partition: partition))
        case .report(let report): reports.append(report)
        }
    }

    /// Makes a call that was held back, without telling the core.
    mutating func answer(_ call: SlackCall) -> SlackResult {
        calls.append(call)
        if let result = weather(call) { return result }
        switch call {
        case .post(let message, let name):
            lastTS += 1
            let channel = name.hasPrefix("#") ? "C-\(name)" : name
            posted.append(Posted(channel: channel, ts: "\(lastTS).000100", message: message))
            return .posted(channel: channel, ts: "\(lastTS).000100")
        case .update(let message, let channel, let ts):
            guard let index = posted.firstIndex(where: { $0.channel == channel && $0.ts == ts }) else {
                return .failed(.refused("message_not_found", detail: ""))
            }
            posted[index].message = message
            return .updated
        case .openConversation(let user): return .conversation("D-\(user)")
        case .findUser(let person): return .user("U-\(person)")
        }
    }
}
