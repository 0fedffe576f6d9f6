import SymMessages

extension Request {
    /// Whether what is known of a person may change what becomes of the request.
    func concerns(_ person: PersonID) -> Bool {
        terms?.offer.person == person || caller == .person(person)
            || pending?.decision.stages.contains { $0.everybody.contains(person) } == true
    }
}
