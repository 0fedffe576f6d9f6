public import SymMessages

/// What leases are granted on: a document that lists the members of groups, and is replaced as a whole.
///
/// This is the pure half, all that a second provisioner supplies besides its input and output. Reading and writing are
/// effects (``LeaseService/Effect``).
public protocol LeaseTarget: Sendable {
    /// What was read, with its version.
    associatedtype Document: Sendable
    /// A change to a document, proven to be the intended one and ready to be sent.
    associatedtype Draft: Sendable

    /// The version a write can be made conditional on, such as an ETag. Equal versions mean equal documents.
    static func version(of document: Document) -> String

    /// Everybody in the group, each as the ``SymMessages/Login/key`` of the login. A group that the document does not
    /// have has no members.
    /// - Throws: when the document does not say beyond doubt who is in the group.
    static func members(of group: GroupName, in document: Document) throws(TargetRefusal) -> Set<String>

    /// All changes in one draft.
    /// - Returns: `nil` if there is nothing to change.
    /// - Throws: when any of the changes cannot be made safely.
    static func draft(_ changes: [MembershipChange], on document: Document) throws(TargetRefusal) -> Draft?

    /// Whether a document is, to the last byte, what was sent for this draft.
    static func isResult(_ document: Document, of draft: Draft) -> Bool
}

/// One login to be put into a group, or taken out.
public struct MembershipChange: Sendable, Hashable {
    public enum Action: Sendable, Hashable { case add, remove }

    public var action: Action
    public var login: Login
    public var group: GroupName

    public init(_ action: Action, _ login: Login, in group: GroupName) {
        self.action = action
        self.login = login
        self.group = group
    }
}

/// Why a document cannot be read or changed safely; for people, without any of its text.
public struct TargetRefusal: Error, Hashable, CustomStringConvertible {
    public var reason: String

    public init(_ reason: String) { self.reason = reason }

    public var description: String { reason }
}

/// One tailnet as one integration reaches it: what is read, changed and written by itself.
public struct Tailnet: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var integration: ResourceName
    /// What the API path says.
    public var name: String

    public init(integration: ResourceName, name: String) {
        self.integration = integration
        self.name = name
    }

    public init(_ terms: LeaseTerms) { self.init(integration: terms.integration, name: terms.tailnet) }

    public static func < (a: Tailnet, b: Tailnet) -> Bool { (a.integration, a.name) < (b.integration, b.name) }

    public var description: String { "tailnet \(name) (integration \(integration))" }
}

/// Why nothing was read.
public enum ReadFailure: Error, Sendable, Equatable {
    /// The credential is missing, not accepted, or does not suffice.
    case unauthorized(String)
    /// - Parameter retryAfter: milliseconds the service asked us to wait.
    case unavailable(String, retryAfter: Int64?)
    /// There is an answer, and it is no document that can be taken: another try is of no use until somebody changes it.
    case unusable(String)
}

/// Whether the service would take a document as it stands.
public enum ValidationResult: Sendable, Equatable {
    case accepted
    /// For people, in the service's words.
    case refused(String)
    /// The service does not say.
    case unknown
    /// The credential is missing, not accepted, or does not suffice.
    case unauthorized(String)
    /// - Parameter retryAfter: milliseconds the service asked us to wait.
    case unavailable(String, retryAfter: Int64?)
}

/// What came of a conditional write.
public enum WriteResult: Sendable, Equatable {
    case written
    /// The document is of another version; nothing was changed.
    case preconditionFailed
    /// The service will not have this change; nothing was changed.
    case rejected(String)
    /// The credential is missing, not accepted, or does not suffice; nothing was changed.
    case unauthorized(String)
    /// Certainly not applied, but may be later.
    /// - Parameter retryAfter: milliseconds the service asked us to wait.
    case unavailable(String, retryAfter: Int64?)
    /// Applied, not applied, or yet to be applied.
    case answerLost(String)
    /// Not sent: its last moment had passed.
    case tooLate
}
