/// The attributes of an event, read without its data: what the sequence rule needs, at a tenth of the price.
///
/// A sequencer that takes over reads hundreds of thousands of events, nearly all of requests that are over; of those
/// nothing else matters.
public struct EventHead: Sendable, Equatable {
    /// The envelope's.
    public let id: String
    public let request: RequestID
    public let sequence: Int?
    public let state: RequestState
    public let cause: String
    public let isSubmission: Bool
    /// The type is of a newer version.
    public let isUnknown: Bool

    init(
        id: String, request: RequestID, sequence: Int?, state: RequestState, cause: String, isSubmission: Bool,
        isUnknown: Bool
    ) {
        self.id = id
        self.request = request
        self.sequence = sequence
        self.state = state
        self.cause = cause
        self.isSubmission = isSubmission
        self.isUnknown = isUnknown
    }

    /// `nil` where this quick look cannot tell: then `WireFormat.decode` has to. What it accepts, that accepts as well.
    public init?(skimming bytes: [UInt8]) {
        var found = FoundAttributes()
        let isPlain = bytes.withUnsafeBufferPointer { buffer in
            var skimmer = JSONSkimmer(buffer)
            return skimmer.object { key, skimmer in found.take(key, &skimmer) }
        }
        guard isPlain, let head = EventHead(found) else { return nil }
        self = head
    }

    /// By the quick look, or else by the decoder; `nil`: no event for anybody.
    init?(readIn bytes: [UInt8]) {
        if let head = EventHead(skimming: bytes) {
            self = head
            return
        }
        guard let event = try? WireFormat.decode(Envelope<RequestEvent>.self, from: bytes) else { return nil }
        self.init(of: event)
    }

    /// The same from an event that was decoded; `nil` if it is about no request.
    init?(of envelope: Envelope<RequestEvent>) {
        guard let request = RequestID(rawValue: envelope.subject) else { return nil }
        id = envelope.id
        self.request = request
        sequence = envelope.body.sequence
        state = envelope.body.state
        cause = envelope.body.cause
        isSubmission = Self.isSubmission(envelope.body.type)
        // Data of a known type may be of a newer version, too.
        if case .unknown = envelope.body.fact { isUnknown = true } else { isUnknown = false }
    }

    private static func isSubmission(_ type: String) -> Bool {
        type == "sym.request.submitted.v1" || type == "sym.request.refused.v1"
    }

    private init?(_ found: FoundAttributes) {
        guard found.specversion == "1.0", let id = found.id, found.source != nil, let type = found.type,
            let request = found.subject.flatMap(RequestID.init(rawValue:)), let state = found.state,
            let cause = found.causeid, let time = found.time, Timestamp(time) != nil
        else { return nil }
        if let digits = found.sequence {
            guard digits.utf8.count == 10, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits)
            else { return nil }
            sequence = number
        } else {
            sequence = nil
        }
        self.id = id
        self.request = request
        self.state = RequestState(rawValue: state) ?? .none
        self.cause = cause
        isSubmission = Self.isSubmission(type)
        isUnknown = !Fact.knownTypes.contains(type)
    }

    private struct FoundAttributes {
        var specversion: String?
        var id: String?
        var source: String?
        var type: String?
        var subject: String?
        var time: String?
        var sequence: String?
        var state: String?
        var causeid: String?

        /// `false`: not for a quick look.
        mutating func take(_ key: UnsafeBufferPointer<UInt8>, _ skimmer: inout JSONSkimmer) -> Bool {
            switch String(decoding: key, as: UTF8.self) {
            case "specversion": Self.take(&specversion, &skimmer)
            case "id": Self.take(&id, &skimmer)
            case "source": Self.take(&source, &skimmer)
            case "type": Self.take(&type, &skimmer)
            case "subject": Self.take(&subject, &skimmer)
            case "time": Self.take(&time, &skimmer)
            case "sequence": Self.take(&sequence, &skimmer)
            case "state": Self.take(&state, &skimmer)
            case "causeid": Self.take(&causeid, &skimmer)
            default: skimmer.skipValue()
            }
        }

        private static func take(_ attribute: inout String?, _ skimmer: inout JSONSkimmer) -> Bool {
            // A second one of the same name: which of them counts is for the decoder to say.
            guard attribute == nil, let text = skimmer.plainText() else { return false }
            attribute = text
            return true
        }
    }
}
