import ServiceRuntime
import SymMessages

/// Makes Slack show what the log says: posts and changes messages until what is shown is what should be.
///
/// A value. It owns the requests of the partitions that this process reads as a member of intake's group; decisions
/// never wait for it.
struct SlackService: ServiceCore {
    enum Input: Sendable {
        case assigned([Int32])
        case revoked([Int32])
        case event(Envelope<RequestEvent>, partition: Int32)
        /// `nil`: removed.
        case record(RequestID, SlackRecord?, partition: Int32)
        /// All that stood in this partition of the topic at the take-over was read.
        case caughtUp(Topic, partition: Int32)
        case answered(SlackCallID, SlackResult)
        case remembered(RequestID, partition: Int32)
        case notRemembered(RequestID, partition: Int32)
        case tick
    }

    enum Topic: Hashable, Sendable, CaseIterable {
        case events, state
    }

    enum Effect: Sendable, Equatable {
        case call(SlackCallID, SlackCall)
        case remember(Envelope<SlackRecord>, partition: Int32)
        /// All has been shown for good: removes what was remembered.
        case forget(RequestID, partition: Int32)
        case report(SlackReport)
    }

    static let tick = Input.tick

    /// A call that was refused by name so often is not made again for that place.
    static let patience = 12

    private struct Partition: Sendable {
        var threads: [RequestID: SlackThread] = [:]
        var unread = Set(Topic.allCases)
        /// Tells one ownership of the partition from the next.
        var term: UInt64
        var isReady: Bool { unread.isEmpty }
    }

    private struct Underway: Sendable {
        var request: RequestID
        var partition: Int32
        var term: UInt64
        var step: SlackThread.Step
    }

    private var partitions: [Int32: Partition] = [:]
    private var homes: [RequestID: Int32] = [:]
    private var underway: [SlackCallID: Underway] = [:]
    private var conversations: [PersonID: SlackConversation] = [:]
    private var lanes = SlackLanes()
    private var alarms: [RequestID: Timestamp] = [:]
    private var lastCall: UInt64 = 0
    private var lastTerm: UInt64 = 0

    var nextDeadline: Timestamp? { [alarms.values.min(), lanes.nextDeadline].compactMap(\.self).min() }

    mutating func handle(_ input: Input, now: Timestamp) -> [Effect] {
        switch input {
        case .assigned(let numbers):
            for number in numbers {
                lastTerm += 1
                partitions[number] = Partition(term: lastTerm)
            }
            return []
        case .revoked(let numbers):
            for number in numbers { giveUp(number) }
            return []
        case .event(let envelope, let number): return read(envelope, number, now)
        case .record(let id, let record, let number):
            // Later ones are our own, read back; what this process knows of Slack is never older.
            guard partitions[number]?.isReady == false else { return [] }
            partitions[number]?.threads[id, default: SlackThread(id: id)].record = record ?? SlackRecord()
            partitions[number]?.threads[id]?.isFollowed = record != nil
            homes[id] = number
            return []
        case .caughtUp(let topic, let number): return caughtUp(topic, number, now)
        case .answered(let id, let result): return answered(id, result, now)
        case .remembered(let id, let number):
            guard case .remembering(let isLast)? = partitions[number]?.threads[id]?.activity else { return [] }
            partitions[number]?.threads[id]?.activity = .idle
            if isLast { partitions[number]?.threads[id]?.close() }
            return advance(id, now)
        case .notRemembered(let id, let number):
            guard case .remembering? = partitions[number]?.threads[id]?.activity else { return [] }
            partitions[number]?.threads[id]?.rememberAt = now + Seconds(1)
            alarms[id] = now + Seconds(1)
            return []
        case .tick:
            let due = alarms.filter { $0.value <= now }.keys.sorted()
            for id in due { alarms[id] = nil }
            return due.flatMap { advance($0, now) } + advanceReady(now)
        }
    }

    // MARK: Partitions

    private mutating func giveUp(_ number: Int32) {
        guard let partition = partitions.removeValue(forKey: number) else { return }
        for id in partition.threads.keys {
            homes[id] = nil
            alarms[id] = nil
        }
    }

    private mutating func read(_ envelope: Envelope<RequestEvent>, _ number: Int32, _ now: Timestamp) -> [Effect] {
        guard let partition = partitions[number], let id = RequestID(rawValue: envelope.subject) else { return [] }
        homes[id] = number
        guard
            partitions[number]?.threads[id, default: SlackThread(id: id)].log.append(envelope) == .accepted,
            partition.isReady
        else { return [] }
        follow(id, number)
        return advance(id, now)
    }

    private mutating func follow(_ id: RequestID, _ number: Int32) {
        guard let request = partitions[number]?.threads[id]?.request, request.state != .none, !request.state.isFinal
        else { return }
        partitions[number]?.threads[id]?.isFollowed = true
    }

    private mutating func caughtUp(_ topic: Topic, _ number: Int32, _ now: Timestamp) -> [Effect] {
        guard partitions[number]?.unread.remove(topic) != nil, let partition = partitions[number], partition.isReady
        else { return [] }
        let ids = partition.threads.keys.sorted()
        for id in ids { follow(id, number) }
        return ids.flatMap { advance($0, now) }
    }

    // MARK: One request

    /// Takes a request's next step, if it is its turn.
    private mutating func advance(_ id: RequestID, _ now: Timestamp) -> [Effect] {
        guard let number = homes[id], let partition = partitions[number], partition.isReady,
            var thread = partition.threads[id]
        else { return [] }
        defer { partitions[number]?.threads[id] = thread }
        switch thread.activity {
        case .calling: return []
        case .remembering(let isLast):
            guard let moment = thread.rememberAt, moment <= now else { return [] }
            return [remember(&thread, id, number, isLast: isLast, now)]
        case .idle: break
        }
        alarms[id] = nil
        let step: SlackThread.Step
        switch thread.next(conversations, now: now) {
        case .step(let next): step = next
        case .later(let moment):
            alarms[id] = moment
            return []
        case .nothing:
            guard thread.request.state.isFinal, thread.record != SlackRecord() else { return [] }
            return [remember(&thread, id, number, isLast: true, now)]
        }
        guard lanes.enter(step.call.lane, id, now: now) else { return [] }
        thread.activity = .calling(step)
        lastCall += 1
        let call = SlackCallID(number: lastCall)
        underway[call] = Underway(request: id, partition: number, term: partition.term, step: step)
        return [.call(call, step.call)]
    }

    private mutating func advanceReady(_ now: Timestamp) -> [Effect] {
        var effects: [Effect] = []
        while true {
            let ready = lanes.ready(at: now)
            if ready.isEmpty { return effects }
            for id in ready { effects += advance(id, now) }
        }
    }

    private func remember(
        _ thread: inout SlackThread, _ id: RequestID, _ number: Int32, isLast: Bool, _ now: Timestamp
    ) -> Effect {
        thread.activity = .remembering(isLast: isLast)
        thread.rememberAt = nil
        if isLast { return .forget(id, partition: number) }
        let digest = thread.record.digest
        return .remember(
            Envelope(
                id: "\(id)/slack/\(digest)", source: "sym/intake", subject: id.rawValue, time: now,
                body: thread.record),
            partition: number)
    }

    private mutating func answered(_ call: SlackCallID, _ result: SlackResult, _ now: Timestamp) -> [Effect] {
        guard let underway = underway.removeValue(forKey: call) else { return [] }
        let (id, number, step) = (underway.request, underway.partition, underway.step)
        lanes.leave(step.call.lane, now: now)
        if case .failed(.rateLimited(let pause)) = result { lanes.pause(step.call.lane, until: now + pause) }
        learn(result, from: step)
        var effects: [Effect] = []
        if let partition = partitions[number], partition.term == underway.term, var thread = partition.threads[id] {
            thread.activity = .idle
            let before = thread.record
            effects = settle(&thread, step, result, about: id, now)
            if thread.record != before { effects.append(remember(&thread, id, number, isLast: false, now)) }
            partitions[number]?.threads[id] = thread
            effects += advance(id, now)
        }
        return effects + advanceReady(now)
    }

    private mutating func learn(_ result: SlackResult, from step: SlackThread.Step) {
        guard case .person(let person) = step.place.recipient else { return }
        switch (step.call, result) {
        case (.findUser, .user(let user)): conversations[person] = .user(user)
        case (.openConversation, .conversation(let channel)): conversations[person] = .open(channel)
        // Perhaps what was known of the conversation was wrong; it is asked for anew.
        case (_, .failed(.refused)): conversations[person] = nil
        default: break
        }
    }

    private func settle(
        _ thread: inout SlackThread, _ step: SlackThread.Step, _ result: SlackResult, about id: RequestID,
        _ now: Timestamp
    ) -> [Effect] {
        switch (step.call, result) {
        case (.post(let message, _), .posted(let channel, let ts)):
            thread.posted(message, at: step.place, channel: channel, ts: ts)
            return []
        case (.update(let message, _, _), .updated):
            thread.updated(message, at: step.place)
            return []
        case (.findUser, .user), (.openConversation, .conversation), (_, .failed(.rateLimited)): return []
        case (_, .failed(let failure)): return fail(&thread, step, failure, about: id, now)
        default:
            return fail(&thread, step, .transport("Slack answered something else than was asked"), about: id, now)
        }
    }

    private func fail(
        _ thread: inout SlackThread, _ step: SlackThread.Step, _ failure: SlackFailure, about id: RequestID,
        _ now: Timestamp
    ) -> [Effect] {
        let place = step.place
        var name = ""
        if case .refused(let error, _) = failure { name = error }
        switch SlackFault(failure) {
        case .vanished: thread.vanished(at: place, error: name)
        case .unreachable: thread.abandon(place, error: name)
        case .operators: thread.retry(place, atLeast: Seconds(60), atMost: Seconds(600), now: now)
        case .passing:
            thread.retry(place, atLeast: Seconds(1), atMost: Seconds(60), now: now)
            if !name.isEmpty, thread.attempts(at: place) >= Self.patience { thread.abandon(place, error: name) }
        }
        let isAbandoned = thread.record.abandoned.contains { $0.place == place }
        return [.report(SlackReport(request: id, place: place, failure: failure, isAbandoned: isAbandoned))]
    }
}

/// What an operator should know.
struct SlackReport: Sendable, Equatable, CustomStringConvertible {
    var request: RequestID
    var place: SlackRecord.Place
    var failure: SlackFailure
    var isAbandoned: Bool

    var description: String {
        let next =
            !isAbandoned
            ? "It is tried again."
            : place.purpose == .card
                ? "Nothing more is sent there; without another channel the approvers get it directly."
                : "Nothing more is sent there."
        return "Slack does not take the \(place.purpose.rawValue) message of \(request) for \(place.recipient): "
            + "\(failure). \(next)"
    }
}

extension SlackRecord.Place {
    fileprivate var name: String { "\(purpose)/\(recipient)" + (occasion.map { "/\($0)" } ?? "") }
}

extension SlackRecord {
    /// Names the content.
    fileprivate var digest: String {
        let messages = messages.map { message in
            JSONValue.string(
                "\(message.place.name)/\(message.channel)/\(message.ts)/\(message.shown)")
        }
        let abandoned = abandoned.map { JSONValue.string("\($0.place.name)/\($0.error)") }
        let replaced = replaced.map { JSONValue.string($0.name) }
        return String(JSONValue.array([.array(messages), .array(abandoned), .array(replaced)]).sha256.prefix(16))
    }
}
