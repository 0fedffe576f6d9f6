import SymMessages

extension ConfigurationReader {
    /// `nil` where anything in it has a problem.
    func stage(
        _ block: Attributes, _ pendingFor: Seconds, _ surroundings: FlowSurroundings
    ) -> Configuration.Stage? {
        let condition = condition("when", of: block, surroundings)
        let notify = notification(block.block("notify"), pendingFor)
        let escalations = block.blocks("escalate").map { escalation($0, pendingFor) }
        guard let approvers = block.block("approvers").flatMap(audience), let required = block.whole("required"),
            let name = block.text("name"), block.isClean, escalations.allSatisfy({ $0 != nil })
        else { return nil }
        return Configuration.Stage(
            name: name.value, condition: condition, approvers: approvers, required: required, notify: notify,
            escalations: escalations.compactMap(\.self).sorted { $0.after < $1.after })
    }

    private func notification(_ block: Attributes?, _ pendingFor: Seconds) -> Configuration.Notification {
        guard let block else { return Configuration.Notification() }
        let remindAfter = block.duration("remind_after")
        if let remindAfter { check(remindAfter, "remind_after", of: block, pendingFor) }
        return Configuration.Notification(
            channels: (block.texts("slack") ?? []).map(\.value), isDirect: block.flag("direct"),
            remindAfter: remindAfter)
    }

    private func escalation(_ block: Attributes, _ pendingFor: Seconds) -> Configuration.Escalation? {
        if let add = block.block("add"), Self.namesNobody(add) { block.report("add", "names nobody") }
        let after = block.duration("after")
        if let after { check(after, "after", of: block, pendingFor) }
        guard let after, let added = block.block("add").flatMap(audience) else { return nil }
        let channels = block.block("notify")?.texts("slack") ?? []
        return Configuration.Escalation(after: after, added: added, channels: channels.map(\.value))
    }

    private func check(_ time: Seconds, _ name: String, of block: Attributes, _ pendingFor: Seconds) {
        if time >= pendingFor {
            block.report(name, "comes too late: after \(pendingFor) (pending_for) nobody can decide any more")
        }
    }
}
