/// One decision about a request, and the lease that came of it: the first grant, or an extension. Part of `Request`.
public struct Round: Sendable, Equatable {
    public enum Progress: Sendable, Equatable {
        case pending
        /// Nothing comes of it: denied, unanswered, cancelled.
        case closed
        /// The provisioner has not said yet what became of it.
        case approved(Fact.Approved)
        case active(Fact.Approved, Fact.Active)
        /// The lease ended or failed; with when it was in place, if it was.
        case over(Fact.Approved, Fact.Active?)
    }

    public let offer: Offer
    public let offerID: String
    /// The lease that an extension prolongs; absent in the first round.
    public let extends: LeaseID?
    public let decision: Decision
    public let askedAt: Timestamp
    public let pendingUntil: Timestamp
    public internal(set) var progress = Progress.pending
    /// Of those who said yes, at most one a person, in the order of the log.
    public private(set) var votes: [Fact.Vote] = []
    /// The stages in which each yes may count.
    private var counting: [PersonID: Set<Int>] = [:]
    /// Of whoever said no.
    public internal(set) var denial: Fact.Vote?
    /// The position of the first stage that is not met yet; the number of stages once all are.
    public private(set) var openStage = 0
    public private(set) var stageOpenedAt: Timestamp
    /// How many escalations of each stage have taken place.
    public private(set) var escalations: [Int]
    /// How many reminders of the open stage have been due.
    public private(set) var reminders = 0

    init(
        offer: Offer, offerID: String, extends: LeaseID? = nil, decision: Decision, askedAt: Timestamp,
        pendingUntil: Timestamp
    ) {
        self.offer = offer
        self.offerID = offerID
        self.extends = extends
        self.decision = decision
        self.askedAt = askedAt
        self.pendingUntil = pendingUntil
        stageOpenedAt = askedAt
        escalations = decision.stages.map { _ in 0 }
    }

    public var number: Int { offer.round }
    public var isExtension: Bool { number > 1 }
    /// Whether the rule approves this round by itself.
    public var isAutomatic: Bool {
        decision.isAutomatic || isExtension && decision.extending?.isAutomatic == true
    }
    public var isPending: Bool { progress == .pending }

    public var approval: Fact.Approved? {
        switch progress {
        case .pending, .closed: nil
        case .approved(let approval), .active(let approval, _), .over(let approval, _): approval
        }
    }

    /// Whether there is, or may be, access that the provisioner has not reported as over.
    public var isOutstanding: Bool {
        switch progress {
        case .approved, .active: true
        case .pending, .closed, .over: false
        }
    }

    /// When it was in place, if it was.
    public var lease: Fact.Active? {
        switch progress {
        case .active(_, let active): active
        case .over(_, let active): active
        case .pending, .closed, .approved: nil
        }
    }

    /// Who may decide in a stage by now.
    public func deciders(in stage: Int) -> Set<PersonID> {
        guard decision.stages.indices.contains(stage) else { return [] }
        return decision.stages[stage].escalations.prefix(escalations[stage]).reduce(
            into: Set(decision.stages[stage].approvers)
        ) { $0.formUnion($1.added) }
    }

    /// Everybody who may decide in some stage by now.
    public var deciders: Set<PersonID> {
        decision.stages.indices.reduce(into: []) { $0.formUnion(deciders(in: $1)) }
    }

    /// The first stage that is not met if this person, too, says yes.
    ///
    /// - Parameter stages: those in which that yes may count; absent: all that list the person.
    public func openStage(afterYesOf person: PersonID, countingIn stages: [String]? = nil) -> Int {
        var counting = counting
        counting[person] = counting[person] ?? positions(of: stages)
        return openStage(counting: counting)
    }

    /// Whether all stages can still be met by those who said yes and others of whom this holds.
    ///
    /// In a stage that is met nobody says yes any more: only those who did count there.
    public func canBeMet(by isEligible: (PersonID, _ stage: Int) -> Bool) -> Bool {
        // More people than all stages need together make no difference in any of them.
        let enough = decision.stages.reduce(0) { $0 + $1.required }
        let stages = decision.stages.indices.map { stage in
            StageMatching.Stage(
                required: decision.stages[stage].required,
                people: stage < openStage
                    ? voters(in: stage, counting)
                    : decision.stages[stage].some(enough) {
                        counting[$0]?.contains(stage) == true || isEligible($0, stage)
                    })
        }
        return StageMatching.shortage(of: stages) == nil
    }

    /// A stage is met when those who said yes can be assigned to it and to all before it, one stage a person, so that
    /// enough people remain for all that come after it.
    private func openStage(counting: [PersonID: Set<Int>]) -> Int {
        var open = openStage
        while open < decision.stages.count {
            let people = decision.stages.indices.map { stage in
                StageMatching.Stage(
                    required: decision.stages[stage].required,
                    people: stage <= open ? voters(in: stage, counting) : decision.stages[stage].everybody)
            }
            guard StageMatching.shortage(of: people) == nil else { break }
            open += 1
        }
        return open
    }

    private func voters(in stage: Int, _ counting: [PersonID: Set<Int>]) -> Set<PersonID> {
        deciders(in: stage).filter { counting[$0]?.contains(stage) == true }
    }

    private func positions(of stages: [String]?) -> Set<Int> {
        Set(decision.stages.indices.filter { stages?.contains(decision.stages[$0].name) ?? true })
    }

    // MARK: The fold

    mutating func count(_ vote: Fact.Vote, at moment: Timestamp) {
        guard !votes.contains(where: { $0.voter == vote.voter }) else { return }
        votes.append(vote)
        counting[vote.voter] = positions(of: vote.stages)
        openNext(at: moment)
    }

    /// Whoever is added may have said yes already, in a stage that did not need it: then it counts now.
    mutating func escalate(_ escalated: Fact.Escalated, at moment: Timestamp) {
        guard escalations.indices.contains(openStage) else { return }
        escalations[openStage] = max(escalations[openStage], escalated.step)
        for person in escalated.added { counting[person]?.insert(openStage) }
        openNext(at: moment)
    }

    private mutating func openNext(at moment: Timestamp) {
        let open = openStage(counting: counting)
        guard open != openStage else { return }
        openStage = open
        stageOpenedAt = moment
        reminders = 0
    }

    mutating func remind(_ count: Int) { reminders = max(reminders, count) }
}

extension Decision.Stage {
    /// As many of those of whom this holds as are wanted, if there are so many.
    fileprivate func some(_ wanted: Int, where isWanted: (PersonID) -> Bool) -> Set<PersonID> {
        var people: Set<PersonID> = []
        for group in [approvers] + escalations.map(\.added) {
            for person in group where people.count < wanted && isWanted(person) { people.insert(person) }
        }
        return people
    }
}
