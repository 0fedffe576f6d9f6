import SymMessages

/// Whether another system keeps undoing what we do to a document, and how long grants wait because of that. Ends do not.
struct Rivalry: Sendable {
    enum Undoing: Sendable, Equatable {
        /// Put in again after we had taken it out.
        case putBack
        /// Taken out after we had put it in.
        case takenOut
    }

    /// How many undoings within ``span`` are no coincidence any more.
    private static let enough = 3
    /// Milliseconds.
    private static let span: Int64 = 600_000
    private static let firstPause: Int64 = 30_000
    private static let longestPause: Int64 = 600_000
    private static let alarmEvery: Int64 = 3_600_000

    private var moments: [Timestamp] = []
    /// Undoings in a row without ``span`` of peace.
    private var streak = 0
    private var lastAlarm: Timestamp?
    /// Until when nobody is put in.
    private(set) var grantsWaitUntil: Timestamp?
    /// What is said to whom cannot wait.
    private(set) var words: String?

    var isOn: Bool { words != nil }

    /// - Returns: whether this is the time for an alarm.
    mutating func note(_ words: (_ times: Int) -> String, at now: Timestamp) -> Bool {
        if moments.last.map({ now.milliseconds(since: $0) >= Self.span }) ?? true { streak = 0 }
        moments.removeAll { now.milliseconds(since: $0) >= Self.span }
        moments.append(now)
        if moments.count > 100 { moments.removeFirst() }
        streak += 1
        guard moments.count >= Self.enough || isOn else { return false }
        self.words = words(moments.count)
        let pause = min(Self.longestPause, Self.firstPause << Int64(min(max(streak - Self.enough, 0), 10)))
        grantsWaitUntil = now.advanced(byMilliseconds: pause)
        guard lastAlarm.map({ now.milliseconds(since: $0) >= Self.alarmEvery }) ?? true else { return false }
        lastAlarm = now
        return true
    }

    /// - Returns: whether it is over just now.
    mutating func isOver(at now: Timestamp) -> Bool {
        guard isOn, moments.last.map({ now.milliseconds(since: $0) >= Self.span }) ?? true else { return false }
        self = Rivalry()
        return true
    }
}

/// Two that manage one document.
extension TailnetWorker {
    /// Milliseconds between two looks at what others do while grants wait for them.
    static var looksAtRival: Int64 { 5_000 }

    /// What a reading shows of what we did and others undid: once for each reading.
    ///
    /// - Parameters:
    ///   - sent: the write that this reading is the first after, if the service took it.
    ///   - gone: records of leases whose member somebody took out.
    mutating func watchRival(
        _ look: inout Look<Target>, sent: ReceiptBook.Sent?, gone: [LeaseRecord], _ turn: inout Turn<Target>
    ) {
        var undone: (terms: LeaseTerms, how: Rivalry.Undoing)?
        for record in gone { undone = (record.terms, .takenOut) }
        for member in sent?.additions ?? [] where shows(member, &look) == false {
            undone = termsOfAny(on: member).map { ($0, .takenOut) } ?? undone
        }
        for member in sent?.removals ?? [] where shows(member, &look) == true {
            undone = termsOfAny(on: member).map { ($0, .putBack) } ?? undone
        }
        for member in seenOut {
            let isLeft = open[member] == nil || dueLeases(on: member).count == open[member]?.count
            guard isLeft, let terms = termsOfAny(on: member) else {
                seenOut.remove(member)
                continue
            }
            guard shows(member, &look) == true else { continue }
            seenOut.remove(member)
            undone = (terms, .putBack)
        }
        if let (terms, how) = undone { note(how, terms, &turn) }
        // What is put back is not to stay until the next look that is due anyway.
        if rivalry.isOn, !recentlyEnded.isEmpty { reread(inMilliseconds: Self.looksAtRival, &turn) }
        if rivalry.isOver(at: turn.now) {
            turn.log(
                .notice,
                "\(tailnet): for 10 minutes nobody has undone what we did to the policy file: grants go on as ever.")
        }
    }

    private mutating func note(_ how: Rivalry.Undoing, _ terms: LeaseTerms, _ turn: inout Turn<Target>) {
        let what =
            switch how {
            case .putBack: "\(terms.login) was put into \(terms.group) again after we had taken the login out"
            case .takenOut: "\(terms.login) was taken out of \(terms.group) after we had put the login in"
            }
        if how == .putBack { rereadLater(&turn) }
        let isNew = rivalry.note(
            { times in
                "two systems manage this policy file: what we changed was undone \(times) times within 10 minutes (the last "
                    + "time, \(what))"
            }, at: turn.now)
        guard isNew, let words = rivalry.words else { return }
        turn.log(
            .alarm,
            "\(tailnet): \(words). Find out who the other is, such as Terraform or a pipeline that applies the file from a "
                + "repository, and have it leave the members of that group alone, or give access through a group that it "
                + "does not manage. Ends go on at once; grants wait for longer and longer, up to 10 minutes, until then."
        )
    }

    /// Of a lease that is open or has ended a moment ago.
    private func termsOfAny(on member: Member) -> LeaseTerms? {
        (open[member]?.min() ?? recentlyEnded[member]?.keys.min()).flatMap { leases[$0]?.terms }
    }

    /// Leaves the grants alone for a while because of the other. Not longer than an end may wait: a lease may have to end
    /// meanwhile.
    mutating func holdGrantsForRival(_ findings: inout Findings, at now: Timestamp) {
        guard let until = rivalry.grantsWaitUntil, until > now, !findings.additions.isEmpty else { return }
        if trouble == nil { trouble = rivalry.words }
        let pause = min(Self.looksAtRival, until.milliseconds(since: now))
        findings.held += findings.additions.flatMap(\.leases).map { ($0, pause) }
        findings.additions = []
    }
}
