import Leases
import SymMessages
import TailnetPolicy

/// Leases on groups of a tailnet's policy file.
enum TailscaleTarget: LeaseTarget {
    typealias Document = PolicyFile
    typealias Draft = PolicyDraft

    static func version(of document: PolicyFile) -> String { document.etag.opaque }

    static func members(of group: GroupName, in document: PolicyFile) throws(TargetRefusal) -> Set<String> {
        do throws(PolicyRefusal) {
            return try document.memberKeys(of: group.rawValue)
        } catch {
            switch error {
            case .groupMissing, .groupsMissing: return []
            default: throw TargetRefusal(error.description)
            }
        }
    }

    static func draft(
        _ changes: [Leases.MembershipChange], on document: PolicyFile
    ) throws(TargetRefusal) -> PolicyDraft? {
        do throws(PolicyRefusal) {
            return try document.draft(applying: changes.map(TailnetPolicy.MembershipChange.init))
        } catch {
            throw TargetRefusal(error.description)
        }
    }

    static func isResult(_ document: PolicyFile, of draft: PolicyDraft) -> Bool { document.text == draft.text }
}

extension TailnetPolicy.MembershipChange {
    init(_ change: Leases.MembershipChange) {
        let kind: Kind =
            switch change.action {
            case .add: .add
            case .remove: .remove
            }
        self.init(kind, change.login.rawValue, in: change.group.rawValue)
    }
}
