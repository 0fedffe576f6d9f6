import SymConfiguration
import SymMessages

extension Facts {
    /// Whether somebody may look at a request: whoever asked, whom it is for, who may decide on it in some stage, and
    /// administrators.
    func maySee(_ request: Request, _ caller: Caller) -> Bool {
        if request.caller == caller { return true }
        guard let person = caller.person else { return false }
        return request.terms?.offer.person == person || request.rounds.contains { $0.deciders.contains(person) }
            || directory.admins.contains(person)
    }
}
