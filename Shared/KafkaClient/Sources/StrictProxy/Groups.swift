import Synchronization

/// What the connections must know of each other's consumer groups, so that two of them together cannot make the mock
/// abort its process.
package final class Groups: Sendable {
    private struct State {
        var waiting: Set<[UInt8]> = []
        var assignors: [[UInt8]: [UInt8]] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// A member asks for its share of a group and waits.
    ///
    /// - Throws: when it waits already, on a connection that it has most likely given up; or when it prefers another
    ///   assignor than the group's first member did. The mock stands neither.
    func enter(_ member: GroupMember) throws(ProtocolViolation) {
        try state.withLock { state throws(ProtocolViolation) in
            if let assignor = member.assignor {
                guard state.assignors[member.group, default: assignor] == assignor else {
                    throw ProtocolViolation("The members of a group prefer different assignors.")
                }
                state.assignors[member.group] = assignor
            }
            if let key = member.key, !state.waiting.insert(key).inserted {
                throw ProtocolViolation("A member of a group waits for an answer on another connection.")
            }
        }
    }

    func leave(_ member: GroupMember) {
        if let key = member.key { state.withLock { _ = $0.waiting.remove(key) } }
    }
}
