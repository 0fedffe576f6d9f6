import SymMessages

/// Somebody was deleted or given a lower role: what they had asked for before ends.
public struct Departure: Sendable, Hashable {
    public var person: PersonID
    /// Of the entry that says so.
    public var epoch: Int
    /// Absent: they left the directory file.
    public var by: Caller?
    /// A sentence for a person.
    public var reason: String
}

extension Directory {
    /// What a request of theirs, made now, is bound to.
    public func epochs(of beneficiary: PersonID, askedBy caller: Caller) -> Fact.Submitted.Epochs {
        let other = caller.person.flatMap { $0 == beneficiary ? nil : $0 }
        return Fact.Submitted.Epochs(beneficiary: epoch(of: beneficiary), caller: other.map { epoch(of: $0) })
    }

    /// Whether a person was deleted or given a lower role since an epoch, or is in no domain any more that made them a
    /// member.
    public func departure(of person: PersonID, since epoch: Int) -> Departure? {
        switch records["person/\(person)"] {
        case .person(let known) where known.epoch > epoch:
            Departure(
                person: person, epoch: known.epoch, by: known.by,
                reason: "\(person) was given a lower role, or was deleted and added again.")
        case .personRemoved(let removed) where removed.epoch > epoch:
            Departure(
                person: person, epoch: removed.epoch, by: removed.by,
                reason: "\(person) was deleted from the directory.")
        case nil where self.person(person) == nil:
            Departure(person: person, epoch: epoch, by: nil, reason: "\(person) is not in the directory any more.")
        default: nil
        }
    }
}
