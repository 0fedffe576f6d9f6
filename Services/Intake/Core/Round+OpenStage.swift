import SymMessages

extension Round {
    /// The stage whose approvers are asked; absent where nobody is asked any more.
    var stage: Decision.Stage? {
        isPending && decision.stages.indices.contains(openStage) ? decision.stages[openStage] : nil
    }

    /// How many people's yes counts in the open stage so far: those who are not needed for a stage before it.
    var approvals: Int {
        guard let stage else { return 0 }
        let voters = Set(votes.map(\.voter))
        let before = decision.stages.prefix(openStage).reduce(0) { $0 + $1.required }
        var count = min(stage.required, voters.count - before)
        while count > 0, !canCount(count, of: voters) { count -= 1 }
        return max(0, count)
    }

    /// Whether so many of those who said yes can stand for the open stage, and others for all the stages before and after.
    private func canCount(_ count: Int, of voters: Set<PersonID>) -> Bool {
        let stages = decision.stages.indices.map { index in
            StageMatching.Stage(
                required: index == openStage ? count : decision.stages[index].required,
                people: index <= openStage
                    ? deciders(in: index).intersection(voters) : decision.stages[index].everybody)
        }
        return StageMatching.shortage(of: stages) == nil
    }

    /// Those who may decide in the open stage by now: first whom its rule names, then whom escalations added.
    var asked: [PersonID] {
        guard let stage else { return [] }
        var known: Set<PersonID> = []
        return (stage.approvers + stage.escalations.prefix(escalations[openStage]).flatMap(\.added))
            .filter { known.insert($0).inserted }
    }

    /// Those of them who have not said yes.
    var missing: [PersonID] {
        let voters = Set(votes.map(\.voter))
        return asked.filter { !voters.contains($0) }
    }
}
