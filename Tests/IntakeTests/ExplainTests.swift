import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("Explaining what the rules would say")
struct ExplainTests {
    private func question(_ caller: Caller) -> RuleQuestion {
        RuleQuestion(caller: caller, flow: Sample.name("ssh"), duration: Seconds(1_800), reason: "r")
    }

    @Test("everybody is told about themselves, administrators about anybody, others about nobody else")
    func who() throws {
        var scenario = try IntakeScenario.started()
        let before = scenario.sent.count
        for (caller, about) in [(Sample.ana, Sample.ana), (Sample.cy, Sample.ana)] {
            guard case .explanation(let explanation)? = scenario.answer(caller, .explain(question(about), at: nil))
            else {
                Issue.record("\(caller) is not told about \(about)")
                continue
            }
            #expect(explanation.verdict == .review)
            #expect(explanation.stages.first?.approvers.contains(where: { $0 == about.person }) == false)
        }
        guard case .refused(let refusal, _)? = scenario.answer(Sample.ben, .explain(question(Sample.ana), at: nil))
        else {
            Issue.record("ben is told about ana")
            return
        }
        #expect(refusal.kind == .forbidden)
        #expect(scenario.sent.count == before, "nothing is asked for")
    }
}
