import SymConfiguration
import SymMessages

extension IntakeService {
    /// What would become of a request: for everybody about themselves, for administrators about anybody.
    func explain(_ question: RuleQuestion, at time: Timestamp, to caller: Caller) -> Answer {
        guard question.caller == caller || facts.mayConfigure(caller) == nil else {
            return .refused(
                Refusal(.forbidden, field: "person", "Only an administrator may ask what others would be told."),
                request: nil)
        }
        return .explanation(facts.explain(question, at: time))
    }
}
