import SymConfiguration
import SymMessages

/// Which requests somebody wants to have listed.
struct RequestQuery: Sendable, Equatable {
    /// Empty: whatever state they are in.
    var states: Set<RequestState> = []
    var target: ResourceName?
    /// Whose access it is, or would be.
    var person: PersonID?
    /// The last request of the page before; absent: the first page.
    var before: RequestID?
    var limit = 50

    func matches(_ request: Request) -> Bool {
        guard request.state != .none else { return false }
        let offer = request.terms?.offer
        return (states.isEmpty || states.contains(request.state)) && (target == nil || offer?.grant?.target == target)
            && (person == nil || offer?.person == person)
    }

    /// Whether only requests are asked for that are approved and not over.
    var isAboutLiveOnes: Bool { !states.isEmpty && states.isSubset(of: LiveLease.states) }
}
