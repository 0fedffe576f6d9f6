import SymMessages

/// One request's messages in Slack: what should be shown, what is, and the next step from one to the other.
struct SlackThread: Sendable {
    enum Activity: Sendable, Equatable {
        case idle
        case calling(Step)
        /// What Slack shows is being remembered; nothing more is sent until it is. `isLast`: all has been shown for
        /// good, and nothing need be remembered any more.
        case remembering(isLast: Bool)
    }

    /// A call and what it is for.
    struct Step: Sendable, Equatable {
        var place: SlackRecord.Place
        var call: SlackCall
    }

    /// A place where something should be shown.
    struct Wanted: Sendable, Equatable {
        var place: SlackRecord.Place
        var message: SlackMessage
        /// Whether it is posted if it does not stand there yet.
        var isPosted: Bool
    }

    struct Retry: Sendable, Equatable {
        var attempts: Int
        var at: Timestamp
    }

    var log: RequestLog
    var record = SlackRecord()
    var activity = Activity.idle
    /// Whether it was live under our eyes, or an intake has shown it before: the end of another concerns nobody.
    var isFollowed = false
    private(set) var retries: [SlackRecord.Place: Retry] = [:]
    /// When remembering is to be tried again.
    var rememberAt: Timestamp?

    init(id: RequestID) { log = RequestLog(id: id, reader: .following) }

    var request: Request { log.request }

    // MARK: What should be shown

    /// In the order of importance: first those who decide.
    var wanted: [Wanted] {
        guard isFollowed, request.state != .none, let card = SlackCard(request), let terms = request.terms else {
            return []
        }
        let abandoned = Set(record.abandoned.map(\.place))
        let isLive = !request.state.isFinal
        let deciders = recipients { !abandoned.contains(.init(.card, $0)) }
        let shown = record.messages.filter { $0.place.purpose == .card }.map(\.place.recipient)
        let asked = Set(deciders)
        let cards = deciders + shown.filter { !asked.contains($0) }
        let concerned = Set([terms.caller.person, terms.offer.person].compactMap(\.self)).sorted()
        var wanted = cards.map { Wanted(place: .init(.card, $0), message: card.card, isPosted: isLive) }
        for person in concerned {
            wanted.append(
                Wanted(
                    place: .init(.grant, .person(person)), message: card.grant, isPosted: request.state == .active))
            let knowsItself = request.state == .cancelled && request.stopped?.by == .person(person)
            wanted.append(
                Wanted(
                    place: .init(.end, .person(person)), message: card.end,
                    isPosted: request.state.isFinal && !knowsItself))
            if let round = request.rounds.last, round.isExtension, round.isSettled, isLive {
                wanted.append(once(.grant, .person(person), "\(round.number)", card.extended))
            }
        }
        wanted += reminders(card.reminder)
        return wanted.filter { !abandoned.contains($0.place) }
    }

    /// Those who are shown the request, of all that were asked in its last round.
    private func recipients(_ isReachable: (SlackRecord.Recipient) -> Bool) -> [SlackRecord.Recipient] {
        guard let round = request.rounds.last(where: { !$0.isAutomatic }) else { return [] }
        var known: Set<SlackRecord.Recipient> = []
        return round.decision.stages.indices.filter { $0 <= round.openStage }
            .flatMap { round.recipients(of: $0, isReachable) }.filter { known.insert($0).inserted }
    }

    /// Short messages, beside the card, for those who may decide now: that more is asked for, and that it still waits.
    private func reminders(_ message: SlackMessage) -> [Wanted] {
        guard let round = request.pending, !round.isAutomatic, !request.isFrozen else { return [] }
        let waiting = Set(round.missing.map { SlackRecord.Recipient.person($0) })
        let cards = Set(record.messages.filter { $0.place.purpose == .card }.map(\.place.recipient))
        let recipients = round.recipients(of: round.openStage) { cards.contains($0) }.filter { recipient in
            if case .person = recipient { waiting.contains(recipient) && cards.contains(recipient) } else { true }
        }
        var occasions: [String] = []
        if round.isExtension { occasions.append("\(round.number)") }
        if round.reminders > 0 { occasions.append("\(round.number).\(round.openStage).\(round.reminders)") }
        return occasions.flatMap { occasion in recipients.map { once(.reminder, $0, occasion, message) } }
    }

    /// A message that is posted once and stays as it is.
    private func once(
        _ purpose: SlackRecord.Place.Purpose, _ recipient: SlackRecord.Recipient, _ occasion: String,
        _ message: SlackMessage
    ) -> Wanted {
        Wanted(place: .init(purpose, recipient, occasion: occasion), message: message, isPosted: true)
    }

    enum Next: Sendable, Equatable {
        case step(Step)
        /// Something is left to do, at this moment.
        case later(Timestamp)
        /// Slack shows all it should.
        case nothing
    }

    /// - Parameter conversations: what is known of the people's conversations with the app.
    func next(_ conversations: [PersonID: SlackConversation], now: Timestamp) -> Next {
        var later: Timestamp?
        for wanted in wanted {
            guard let call = call(for: wanted, conversations) else { continue }
            guard let retry = retries[wanted.place], retry.at > now else {
                return .step(Step(place: wanted.place, call: call))
            }
            later = min(later ?? retry.at, retry.at)
        }
        return later.map { .later($0) } ?? .nothing
    }

    /// `nil`: nothing is to be done there.
    private func call(for wanted: Wanted, _ conversations: [PersonID: SlackConversation]) -> SlackCall? {
        if let message = message(at: wanted.place) {
            guard wanted.place.occasion == nil else { return nil }
            return message.shown == wanted.message.digest
                ? nil : .update(wanted.message, channel: message.channel, ts: message.ts)
        }
        guard wanted.isPosted else { return nil }
        switch wanted.place.recipient {
        case .channel(let name): return .post(wanted.message, channel: name)
        case .person(let person):
            switch conversations[person] {
            case .open(let channel)?: return .post(wanted.message, channel: channel)
            case .user(let id)?: return .openConversation(user: id)
            case nil: return .findUser(person)
            }
        }
    }

    private func message(at place: SlackRecord.Place) -> SlackRecord.Message? {
        record.messages.first { $0.place == place }
    }

    // MARK: What became of a step

    mutating func posted(_ message: SlackMessage, at place: SlackRecord.Place, channel: String, ts: String) {
        retries[place] = nil
        record.messages.removeAll { $0.place == place }
        record.messages.append(.init(place: place, channel: channel, ts: ts, shown: message.digest))
    }

    mutating func updated(_ message: SlackMessage, at place: SlackRecord.Place) {
        retries[place] = nil
        guard let index = record.messages.firstIndex(where: { $0.place == place }) else { return }
        record.messages[index].shown = message.digest
    }

    /// All has been shown for good.
    mutating func close() {
        record = SlackRecord()
        isFollowed = false
    }

    /// The message at a place is not there any more: it is posted anew, once.
    mutating func vanished(at place: SlackRecord.Place, error: String) {
        record.messages.removeAll { $0.place == place }
        if record.replaced.contains(place) || request.state.isFinal || place.purpose != .card {
            abandon(place, error: error)
        } else {
            record.replaced.append(place)
        }
    }

    mutating func abandon(_ place: SlackRecord.Place, error: String) {
        retries[place] = nil
        record.messages.removeAll { $0.place == place }
        record.abandoned.append(.init(place: place, error: error))
    }

    /// Tried again later: 1 s, 2 s, 4 s … up to the longest pause.
    mutating func retry(_ place: SlackRecord.Place, atLeast shortest: Seconds, atMost longest: Seconds, now: Timestamp)
    {
        let attempts = (retries[place]?.attempts ?? 0) + 1
        let pause = Seconds(min(longest.count, max(shortest.count, 1 << Int64(min(attempts - 1, 20)))))
        retries[place] = Retry(attempts: attempts, at: now + pause)
    }

    func attempts(at place: SlackRecord.Place) -> Int { retries[place]?.attempts ?? 0 }
}

/// What is known of a person's conversation with the app.
enum SlackConversation: Sendable, Equatable {
    /// Slack's id of the user; the conversation is not open yet.
    case user(String)
    /// Slack's id of the conversation.
    case open(String)
}

extension Round {
    /// Whether it is known what became of it.
    fileprivate var isSettled: Bool {
        switch progress {
        case .pending, .approved: false
        case .closed, .active, .over: true
        }
    }

    /// Who is shown what a stage asks, in channels or, where none of them can be used, directly; those whom an escalation
    /// added from when it took place.
    fileprivate func recipients(
        of stage: Int, _ isReachable: (SlackRecord.Recipient) -> Bool
    ) -> [SlackRecord.Recipient] {
        guard decision.stages.indices.contains(stage) else { return [] }
        let (first, more) = (decision.stages[stage], decision.stages[stage].escalations.prefix(escalations[stage]))
        return ([(first.channels, first.approvers)] + more.map { ($0.channels, $0.added) }).flatMap {
            channels, people in
            let usable = channels.map { SlackRecord.Recipient.channel($0) }.filter(isReachable)
            return usable.isEmpty ? people.map { SlackRecord.Recipient.person($0) } : usable
        }
    }
}
