import SymMessages

/// The leases of one tailnet, and the one thing at a time that is done to its document.
///
/// Everything is decided anew from the ledger as it was read back and the document as it was read; what was meant when a
/// record or a write was sent is not remembered. So a lost, repeated or late answer changes nothing.
struct TailnetWorker<Target: LeaseTarget>: Sendable {
    let tailnet: Tailnet
    let partition: Int32
    let number: Int

    /// The ledger: of every lease the record that counts, of ended ones too.
    var leases = RecordShelf()
    /// Leases that have not ended; mostly there is one, for which an array takes a third of the room of a set.
    var open: [Member: [LeaseID]] = [:]
    /// Of each lease, those that extend it; ended ones too.
    var extensions: [LeaseID: Set<LeaseID>] = [:]
    /// Wanted leases without a record on its way.
    var wanted: Set<LeaseID> = []
    /// Open leases whose login is to be out by now, and since when.
    var due: [LeaseID: Timestamp] = [:]
    /// Confirmed leases whose time is up, while it is not certain that everything was read that stood in the topics by then.
    var behind: Set<LeaseID> = []
    var catchUp = CatchUp()
    /// Of `due`, the ones whose end is not yet on its way to the ledger.
    var toEnd: Set<LeaseID> = []
    /// Leases that another lease's record waits for: appended, not read back. One at a time per lease.
    var pending: [LeaseID: PendingAppend] = [:]
    /// Of `pending`, those the ledger does not know yet.
    var arriving: Set<LeaseID> = []
    /// Ended leases whose login, should it come back, is taken out again, and until when.
    var recentlyEnded: [Member: [LeaseID: Timestamp]] = [:]
    /// Live leases whose login one of our processes took out, to be put back.
    var putBacks: Set<LeaseID> = []
    /// How often the login of such a lease was put back and was gone again at once.
    var putBacksUndone: [LeaseID: Int] = [:]
    /// Of leases that another owner was about to put in, the end that it recorded, if it is not what they end by: a process
    /// without Kafka may know of no other.
    var formerEnds: [LeaseID: Timestamp] = [:]
    /// When everything open was last compared with the document.
    var lastLook: Timestamp?
    var shown: Shown?
    /// The last write that was sent, until the next reading.
    var lastWrite: LastWrite?
    /// When to try again to forget a lease.
    var forgetNext: [LeaseID: Timestamp] = [:]
    /// When the document is to be looked at although nothing is known to do.
    var rereads: [Timestamp] = []
    var orders: [LeaseID: [(order: Order, position: OrderPosition)]] = [:]

    var step = Step.idle
    /// The partition's claim was read back; until then, and after it was lost, the ledger is only read.
    var isWorking: Bool
    /// What its records carry: of the claim in force.
    var epoch: Int
    /// Everything open is compared with the document at the next reading: after a take-over.
    var comparesAll = false
    /// Failures in a row of reading or writing.
    var failures = 0
    /// Why nothing works at present; for people.
    var trouble: String?
    var holds: [LeaseID: Hold] = [:]
    /// Writes whose answer was lost, of leases not confirmed: the version each is conditional on, and until when it may
    /// still land.
    var lostWrites: [LeaseID: [String: Timestamp]] = [:]
    /// Likewise of writes that take a member out.
    var lostRemovals: [Member: [String: Timestamp]] = [:]
    /// Leases that the service refused on their own, with its words.
    var rejections: [LeaseID: String] = [:]
    /// Of leases that are wanted.
    var checks: [LeaseID: GrantCheck] = [:]
    /// Members that the last acknowledged write put in or took out: if they do not show, somebody works against us.
    var acknowledged: Set<Member> = []
    var receipts = ReceiptBook()
    /// Ended leases whose login a restored text has brought back.
    var restored: Set<LeaseID> = []
    /// Members that were taken out, and seen to be out.
    var seenOut: Set<Member> = []
    var rivalry = Rivalry()
    /// After a rejected write: at most so many changes in the next one, and removals by themselves.
    var batchLimit: Int?
    var removedLast = false
    var credentials = CredentialChoice()
    var alarms = LateAlarms()
    var broken: BrokenDocument?
    /// The version that the service said it would take as it stands, and until when that counts.
    var sound: (version: String, until: Timestamp)?
    var backoff: Backoff
    var reconciliation: Reconciliation
    var gathering: Gathering
    var calls = CallBudget()
    var callsWakeUp: Timestamp?
    private var tickets = 0

    enum Step: Sendable {
        case idle
        case reading(Ticket, TailnetCredential)
        /// Records must come back from the ledger before the document can be written.
        case holding(Reading, awaiting: Set<LeaseID>, cycle: Set<LeaseID>)
        /// Grants wait for others to come (``Gathering``).
        case gathering(Reading, until: Timestamp)
        case writing(Ticket, Reading, Batch)
        /// A write was rejected, with these words; the service is asked whether it takes the document as it stands.
        case validating(Ticket, Reading, Batch, rejection: String)
        /// After a failure that concerns the whole tailnet, or this credential.
        case waiting(until: Timestamp, refused: TailnetCredential?)
    }

    struct Reading: Sendable {
        let document: Target.Document
        let at: Timestamp
        let credential: TailnetCredential
    }

    struct PendingAppend: Sendable {
        let record: LeaseRecord
        let since: Timestamp
        var failures = 0
        var retryAt: Timestamp?
    }

    /// A lease that is left alone for a while, because of something that concerns only it.
    struct Hold: Sendable {
        var count: Int
        var until: Timestamp
    }

    struct Batch: Sendable {
        struct Addition: Sendable {
            let member: Member
            let leases: [LeaseID]
        }

        var removals: [Member] = []
        var additions: [Addition] = []

        var count: Int { removals.count + additions.count }
    }

    init(
        tailnet: Tailnet, partition: Int32, number: Int, isWorking: Bool, epoch: Int, seed: UInt64,
        reconcileEvery: Seconds, gathersFor: Int64
    ) {
        self.tailnet = tailnet
        self.partition = partition
        self.number = number
        self.isWorking = isWorking
        self.epoch = epoch
        gathering = Gathering(milliseconds: gathersFor)
        backoff = Backoff(seed: seed &+ UInt64(bitPattern: Int64(number)) &* 0x2545_f491_4f6c_dd1d)
        reconciliation = Reconciliation(period: reconcileEvery.count * 1_000)
    }

    mutating func nextTicket() -> Ticket {
        tickets += 1
        return Ticket(worker: number, number: tickets)
    }

    /// Whether the answer is to what is under way.
    func isCurrent(_ ticket: Ticket) -> Bool {
        switch step {
        case .reading(let current, _), .writing(let current, _, _), .validating(let current, _, _, _):
            current == ticket
        case .idle, .holding, .gathering, .waiting: false
        }
    }
}
