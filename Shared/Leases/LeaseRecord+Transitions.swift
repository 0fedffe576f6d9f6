import SymMessages

/// The steps a lease can take. Each is the next revision; none goes back.
extension LeaseRecord {
    /// The longest time from the record of an attempt to its write.
    static let attemptWindow = Seconds(30)

    /// What comes back so soon after its end is ours; later it is somebody else's.
    static let returnWindow = Seconds(600)
    static let keptFor = Seconds(45 * 86_400)

    static func wanted(_ terms: LeaseTerms) -> LeaseRecord {
        LeaseRecord(terms: terms, revision: 1, phase: .wanted)
    }

    /// An end that was ordered for a lease nobody ever heard of, or that was never begun.
    static func neverBegun(
        _ terms: LeaseTerms, extending extends: Extended? = nil, revision: Int, at now: Timestamp
    ) -> LeaseRecord {
        LeaseRecord(
            terms: terms, revision: revision, phase: .ended, extends: extends, endReason: .revoked,
            result: .ended(
                Fact.Ended(leaseID: terms.leaseID, endedAt: now, reason: .revoked, membership: .neverAdded)))
    }

    /// The login is about to be written into the document of this version, in which it is absent: for the first time, or to
    /// put it back, and then until the end that is recorded.
    func attempting(on version: String, at now: Timestamp) -> LeaseRecord {
        if let confirmation {
            let deadline = min(now + Self.attemptWindow, confirmation.endsAt)
            return next {
                $0.attempt = Attempt(etag: version, stoodBefore: false, deadline: deadline, end: confirmation.endsAt)
            }
        }
        let deadline = min(now + Self.attemptWindow, terms.startBy)
        return next {
            $0.attempt = Attempt(
                etag: version, stoodBefore: false, deadline: deadline,
                end: extends?.end ?? deadline + terms.duration)
        }
    }

    /// A reading shows the login.
    func confirming(at read: Timestamp, standing: Bool) -> LeaseRecord {
        let full = read + terms.duration
        return next {
            $0.phase = .confirmed
            $0.confirmation = Fact.Active(
                leaseID: id, startedAt: read,
                endsAt: extends?.end ?? attempt.map { min(full, $0.end) } ?? full, standing: standing)
        }
    }

    func ending(_ reason: LeaseEnd) -> LeaseRecord {
        next {
            $0.phase = .ending
            $0.endReason = reason
        }
    }

    /// A reading shows what became of the login.
    func ended(at read: Timestamp, reason: LeaseEnd, membership: MembershipAfterEnd) -> LeaseRecord {
        next {
            $0.phase = .ended
            $0.endReason = reason
            $0.result = .ended(Fact.Ended(leaseID: id, endedAt: read, reason: reason, membership: membership))
        }
    }

    func failed(_ reason: String) -> LeaseRecord {
        next {
            $0.phase = .ended
            $0.result = .failed(Fact.Failed(leaseID: id, reason: reason))
        }
    }

    func reported() -> LeaseRecord { next { $0.isReported = true } }

    /// The same, as the last record of its key.
    func rewritten() -> LeaseRecord { next { _ in } }

    private func next(_ change: (inout LeaseRecord) -> Void) -> LeaseRecord {
        var record = self
        record.revision += 1
        change(&record)
        return record
    }
}

extension LeaseRecord {
    var id: LeaseID { terms.leaseID }

    var member: Member { Member(terms) }

    /// Since when the login is to be out of the group, as far as this lease is concerned.
    var dueAt: Timestamp? {
        switch phase {
        case .wanted: attempt?.end ?? extends?.end
        case .confirmed: confirmation?.endsAt
        case .ending: Timestamp(milliseconds: 0)
        case .ended: nil
        }
    }

    /// A login that an ended lease put in, or may have, is taken out again if it comes back before this moment.
    var returnsUntil: Timestamp? {
        guard hasTouched, !isStanding else { return nil }
        return switch result {
        case .ended(let ended) where ended.membership != .standing: ended.endedAt + Self.returnWindow
        case .failed: attempt.map { $0.deadline + Self.returnWindow }
        case .ended, nil: nil
        }
    }

    /// When an ended record may go: longer after its end than any order lives.
    var forgetAt: Timestamp? {
        switch result {
        case .ended(let ended): ended.endedAt + Self.keptFor
        case .failed: terms.startBy + Self.keptFor
        case nil: nil
        }
    }

    /// Its write may have been sent by somebody who did not live to see what came of it.
    func mayBeOnItsWay(_ now: Timestamp) -> Bool {
        attempt.map { confirmation == nil || $0.deadline + Self.attemptWindow > now } ?? false
    }

    func isDue(at now: Timestamp) -> Bool { dueAt.map { $0 <= now } ?? false }

    /// This lease may have put the login where it is, or knows who did.
    var hasTouched: Bool { attempt != nil || confirmation != nil || extends?.end != nil }

    var isStanding: Bool { confirmation?.standing ?? attempt?.stoodBefore ?? extends?.standing ?? false }

    /// What approval is to know of it by now.
    var outcome: Outcome? {
        switch result {
        case .ended(let ended): .ended(ended)
        case .failed(let failed): .failed(failed)
        case nil: confirmation.map { .confirmed($0) }
        }
    }
}
