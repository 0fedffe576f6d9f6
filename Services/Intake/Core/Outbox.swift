import SymMessages

/// A message to be written, and to which topic.
enum OutgoingMessage: Sendable, Equatable {
    case command(Envelope<Command>)
    case configuration(Envelope<ConfigRecord>)
    case directory(Envelope<DirectoryRecord>)
    /// Removes the directory's entry with this key.
    case directoryRemoval(key: String)
    case credential(Envelope<CredentialRecord>)
    case deadLetter(Envelope<DeadLetter>)

    /// The same for every sending of the same message.
    var id: String {
        switch self {
        case .command(let envelope): envelope.id
        case .configuration(let envelope): envelope.id
        case .directory(let envelope): envelope.id
        case .directoryRemoval(let key): "remove/\(key)"
        case .credential(let envelope): envelope.id
        case .deadLetter(let envelope): envelope.id
        }
    }

    /// Messages of one lane are written one after the other, in the order they were handed in.
    var lane: String {
        switch self {
        case .command(let envelope): envelope.subject
        case .configuration: "configuration"
        case .directory, .directoryRemoval: "directory"
        // Each on its own: a note that a token was used must not keep a revocation waiting.
        case .credential(let envelope): "credential \(envelope.subject)"
        case .deadLetter(let envelope): "dead letter \(envelope.id)"
        }
    }
}

/// Names one sending of a message.
struct SendID: Hashable, Sendable {
    let number: UInt64
}

/// The messages on their way to Kafka: in each lane one at a time, so that an integrator's `end` never overtakes its
/// `request`.
struct Outbox: Sendable {
    /// What depends on a message.
    enum Purpose: Sendable, Equatable {
        /// Somebody waits; a failure is told, and it is theirs to send again.
        case call
        /// Must reach Kafka: sent again until it does.
        case obligation(SubmissionPosition?)
    }

    struct Item: Sendable, Equatable {
        var message: OutgoingMessage
        var purpose: Purpose
    }

    struct Sending: Sendable, Equatable {
        var id: SendID
        var message: OutgoingMessage
    }

    private static let pause = Seconds(1)
    private var lanes: [String: [Item]] = [:]
    private var inFlight: [SendID: Item] = [:]
    private var retries: [String: Timestamp] = [:]
    private var lastNumber: UInt64 = 0

    var nextDeadline: Timestamp? { retries.values.min() }

    /// Whether the message with this id is on its way already.
    func contains(_ message: OutgoingMessage) -> Bool { contains(message.id, in: message.lane) }

    func contains(_ message: String, in lane: String) -> Bool {
        lanes[lane]?.contains { $0.message.id == message } ?? false
    }

    /// Takes a message; returns it when it is to be sent now.
    mutating func add(_ message: OutgoingMessage, for purpose: Purpose) -> Sending? {
        lanes[message.lane, default: []].append(Item(message: message, purpose: purpose))
        return lanes[message.lane]?.count == 1 ? sendFirst(of: message.lane) : nil
    }

    /// Kafka has the message; returns what it was and what is to be sent next.
    mutating func acknowledged(_ id: SendID) -> (Item, next: Sending?)? {
        guard let item = inFlight.removeValue(forKey: id) else { return nil }
        return (item, leave(item.message.lane))
    }

    /// Kafka did not acknowledge; an obligation stays first in its lane and is sent again after a pause.
    mutating func failed(_ id: SendID, now: Timestamp) -> (Item, next: Sending?)? {
        guard let item = inFlight.removeValue(forKey: id) else { return nil }
        switch item.purpose {
        case .call: return (item, leave(item.message.lane))
        case .obligation:
            retries[item.message.lane] = now + Self.pause
            return (item, nil)
        }
    }

    /// What is to be sent again now.
    mutating func due(at now: Timestamp) -> [Sending] {
        retries.filter { $0.value <= now }.keys.sorted().compactMap { lane in
            retries[lane] = nil
            return sendFirst(of: lane)
        }
    }

    private mutating func leave(_ lane: String) -> Sending? {
        lanes[lane]?.removeFirst()
        if lanes[lane]?.isEmpty == true {
            lanes[lane] = nil
            return nil
        }
        return sendFirst(of: lane)
    }

    private mutating func sendFirst(of lane: String) -> Sending? {
        guard let item = lanes[lane]?.first else { return nil }
        lastNumber += 1
        let id = SendID(number: lastNumber)
        inFlight[id] = item
        return Sending(id: id, message: item.message)
    }
}
