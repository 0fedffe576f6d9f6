import SymConfiguration
import SymMessages

/// What deciding rests on besides a request's own log: rules and people.
struct Knowledge: Sendable {
    private(set) var facts = Facts()
    /// Those whose outcomes this service reads; nobody else can be given an order.
    let provisioners: Set<ResourceName>
    /// Records of `sym.directory` below this offset were read.
    private var directoryEnd: Int64 = 0

    init(provisioners: Set<ResourceName>) { self.provisioners = provisioners }

    mutating func take(_ record: ConfigRecord) {
        _ = facts.history.append(record)
    }

    mutating func take(_ record: DirectoryRecord?, key: String, offset: Int64) {
        if let record { facts.directory.apply(record) } else { facts.directory.remove(key: key) }
        passOver(offset)
    }

    mutating func passOver(_ offset: Int64) {
        directoryEnd = max(directoryEnd, offset + 1)
    }

    /// Those of a request's people who were deleted or given a lower role since it was made.
    func departures(from terms: Fact.Submitted) -> [Departure] {
        var departures = [facts.directory.departure(of: terms.offer.person, since: terms.epochs.beneficiary)]
        if let epoch = terms.epochs.caller, let caller = terms.caller.person {
            departures.append(facts.directory.departure(of: caller, since: epoch))
        }
        return departures.compactMap(\.self)
    }

    /// Whether what a command's writer had seen has been read here too.
    func have(_ basis: Basis) -> Bool {
        facts.history.version >= basis.configVersion && directoryEnd >= basis.directoryOffset
    }
}

enum KnowledgeTopic: Sendable {
    case config, directory
}
