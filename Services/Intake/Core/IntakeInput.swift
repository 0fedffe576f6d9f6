import SymMessages

/// What intake is told, one at a time.
enum IntakeInput: Sendable {
    case call(Ticket, Caller, Call)
    /// Whoever made the call is gone; nobody hears its answer.
    case abandoned(Ticket)
    case event(Envelope<RequestEvent>)
    case configuration(Envelope<ConfigRecord>)
    case directory(DirectoryChange, offset: Int64)
    case credential(Envelope<CredentialRecord>)
    /// How an integration is doing, as its provisioner says; `nil`: the provisioner does not have it any more.
    case health(HealthRecord?, of: ResourceName, provisioner: ResourceName)
    /// Somebody called with this token.
    case tokenUsed(id: String)
    /// Everything that the log held when intake began was handed over, in this partition.
    case caughtUp(FollowedTopic, partition: Int32)
    case submission(SubmissionPosition, SubmissionReading)
    /// Another intake takes over this partition of a bot's topic.
    case submissionsRevoked(BotName, partition: Int32)
    case acknowledged(SendID)
    case unacknowledged(SendID, reason: String)
    case tick
}

/// The topics of which every intake reads every partition.
enum FollowedTopic: Hashable, Sendable, CaseIterable {
    case events, configuration, directory, credentials

    var partitions: Int32 {
        switch self {
        case .events: Topics.requestPartitions
        case .configuration, .directory, .credentials: 1
        }
    }
}

/// One record of `sym.directory`.
enum DirectoryChange: Sendable, Equatable {
    case set(Envelope<DirectoryRecord>)
    case removed(key: String)
    /// Logged where it was read; its offset counts.
    case unreadable
}

/// What is to be done outside.
enum IntakeEffect: Sendable, Equatable {
    case answer(Ticket, Answer)
    case send(Outbox.Sending)
    /// The offset to resume from in one partition of a bot's topic.
    case store(offset: Int64, BotName, partition: Int32)
    /// The bots whose topics are to be read: all of them, anew whenever the list changes.
    /// - Parameter number: effects may overtake each other; the list with the highest counts.
    case readSubmissions(of: [BotName], number: Int)
    case becomeReady
    /// What tokens are checked against from now on, and what must not happen before that: whoever is told that a token is
    /// good or gone must find it so.
    /// - Parameter number: as of `readSubmissions`.
    indirect case updateAccess(Access, number: Int, then: [IntakeEffect])
    case report(Report)
}

/// What an operator should know.
enum Report: Sendable, Equatable {
    /// The directory file and an administrator disagree; the administrator's entry stays.
    case fileOverruled(key: String)
    case configurationVoid(version: Int, basedOn: Int, inForce: Int)
    case configurationInForce(version: Int, by: Caller)
    case configurationUnusable(version: Int, reason: String)
    case notAcknowledged(message: String, reason: String)
    case deadLetter(DeadLetter)

    /// Whether somebody has to do something about it.
    var isWarning: Bool {
        switch self {
        case .configurationInForce: false
        case .fileOverruled, .configurationVoid, .configurationUnusable, .notAcknowledged, .deadLetter: true
        }
    }
}

extension Report: CustomStringConvertible {
    var description: String {
        switch self {
        case .fileOverruled(let key):
            "the directory file differs from what an administrator set for \(key); the administrator's entry stays"
        case .configurationVoid(let version, let basedOn, let inForce):
            "a configuration record is void: version \(version) was based on \(basedOn), but \(inForce) is in force"
        case .configurationInForce(let version, let by): "configuration version \(version) by \(by) is in force"
        case .configurationUnusable(let version, let reason):
            "configuration version \(version) cannot be used by this version of sym-intake: \(reason)"
        case .notAcknowledged(let message, let reason): "Kafka did not acknowledge \(message): \(reason)"
        case .deadLetter(let letter): "a submission cannot be used (\(letter.id)): \(letter.reason)"
        }
    }
}

extension IntakeEffect {
    /// Whether it may only happen once tokens are checked against what is known now.
    var restsOnAccess: Bool {
        switch self {
        case .answer, .becomeReady: true
        case .send, .store, .readSubmissions, .updateAccess, .report: false
        }
    }
}
