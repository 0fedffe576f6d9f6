public import SymMessages

/// A record's place among the orders.
public struct OrderPosition: Sendable, Hashable {
    public var partition: Int32
    public var offset: Int64

    public init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}

/// Which reading or writing an answer belongs to; an answer to one that was given up is ignored.
public struct Ticket: Sendable, Hashable {
    let worker: Int
    let number: Int
}

extension LeaseService {
    /// What happened.
    public enum Input: Sendable {
        /// These partitions of the orders, and of the ledger, are ours now.
        case assigned([Int32])
        /// They are not any more.
        case revoked([Int32])
        /// Read back from the ledger, in the order of the log, from its beginning.
        case recorded(LeaseRecord, partition: Int32)
        /// Likewise.
        case claimed(LeaseClaim, partition: Int32)
        /// A tombstone in the ledger.
        case forgotten(LeaseID, partition: Int32)
        /// The ledger has been read up to where it ended when the partition was assigned.
        case replayed(Int32)
        case order(Order, OrderPosition)
        /// An order that cannot be used.
        case unusableOrder(DeadLetter, OrderPosition)
        /// The dead letter of the order at this position is in Kafka, or may not be.
        case parked(DeadLetter, OrderPosition, acknowledged: Bool)
        /// The record may not be in the ledger.
        case appendFailed(LeaseRecord, partition: Int32)
        /// The claim may not be in the ledger.
        case claimFailed(LeaseClaim, partition: Int32)
        /// The outcome is in Kafka, or may not be.
        case published(Outcome, acknowledged: Bool)
        case read(Tailnet, Ticket, Result<Target.Document, ReadFailure>)
        case written(Tailnet, Ticket, WriteResult)
        case validated(Tailnet, Ticket, ValidationResult)
        /// What came of ``Effect/check(_:)``.
        /// - Parameter refusal: why nothing may be sent for the grant, for people; `nil`: it may.
        case checked(LeaseID, refusal: String?)
        /// What came of ``Effect/catchUp(_:partition:_:)``.
        /// - Parameter isRead: whether all that stood there has been read, and delivered before this.
        case caughtUp(Tailnet, Ticket, isRead: Bool)
        /// What the configuration names now: of each integration, the credential that grants use. Whatever is not named
        /// goes by its leases.
        case configured([ResourceName: TailnetCredential])
        /// The process, or the machine, stood still for so many milliseconds, or its clock was set by so many: what it knows may
        /// be of long ago, or by another clock.
        /// - Parameter clockSetBy: how much further ahead the wall clock is than it was, in milliseconds.
        case overslept(milliseconds: Int64, clockSetBy: Int64 = 0)
        /// The highest epoch that a copy of the ledger has of each partition: before it is assigned.
        case remembered(epochs: [Int32: Int])
        /// Kafka is away (see ``LedgerContact``). What a copy of the whole ledger has of leases that have not ended.
        case ledgerAway(remembering: [LeaseRecord])
        case ledgerBack
        case tick
    }

    /// What is to be done.
    public enum Effect: Sendable {
        /// Append to this partition of the ledger; report only failure (``Input/appendFailed(_:partition:)``).
        case append(LeaseRecord, partition: Int32)
        /// Append this claim to this partition; report only failure (``Input/claimFailed(_:partition:)``).
        case claim(LeaseClaim, partition: Int32)
        /// Append a tombstone; nothing is reported.
        case forget(LeaseID, partition: Int32)
        case read(Tailnet, TailnetCredential, Ticket, ReadPurpose)
        case write(Tailnet, TailnetCredential, Ticket, Write<Target.Draft>)
        /// Ask the service whether it would take this document, which it has, as it stands.
        case validate(Tailnet, TailnetCredential, Ticket, Target.Document)
        /// See whether this grant makes sense, before anything is sent for it.
        case check(LeaseTerms)
        /// See that all that stands now in this partition of the orders and of the ledger has been read.
        case catchUp(Tailnet, partition: Int32, Ticket)
        case publish(Outcome)
        case park(DeadLetter, OrderPosition)
        /// The orders of this partition are dealt with up to, not including, this offset.
        case commit(partition: Int32, next: Int64)
        case log(LogLine)
    }

    public enum ReadPurpose: Sendable, Hashable { case plan, readBack }
}

/// One write, conditional on the version its draft was computed from.
public struct Write<Draft: Sendable>: Sendable {
    public var draft: Draft
    public var version: String
    /// Sent before this moment or not at all; absent when the write only removes.
    public var deadline: Timestamp?
    /// Sent within so many milliseconds or not at all, on a clock that nobody sets and that runs while the machine sleeps.
    public var window: Int64
    public var changes: [MembershipChange]

    /// - Parameter madeAgo: since the effect was made, on a clock that runs while the machine sleeps.
    public func isTooLate(at now: Timestamp, madeAgo: Duration) -> Bool {
        madeAgo >= .milliseconds(window) || deadline.map { now >= $0 } ?? false
    }
}

/// Something an operator should know.
public struct LogLine: Sendable, Equatable {
    public enum Level: Sendable, Equatable {
        case notice, warning
        /// Somebody has to act.
        case alarm
    }

    public var level: Level
    public var message: String

    public init(level: Level, message: String) {
        self.level = level
        self.message = message
    }
}
