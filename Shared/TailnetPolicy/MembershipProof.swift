import HuJSON

/// Reads a text after an edit as if somebody else had written it, and compares it with the text before.
///
/// It proves that all bytes outside the lists concerned are the same, that each of these lists stands where it stood and
/// holds exactly the logins planned, that no other list changed, and that every comment speaks of what it spoke of.
struct MembershipProof {
    let old: PolicyGroups
    let plans: [MembershipPlan]

    func check(_ edited: HuJSONEditedText) throws(PolicyRefusal) {
        let new: PolicyGroups
        do {
            new = try PolicyGroups(text: edited.bytes)
        } catch {
            if case .tooLarge = error { throw error }
            throw .unproven(group: nil)
        }
        let spans = plans.map(\.list.range).sorted { $0.lowerBound < $1.lowerBound }
        guard edited.splices.map(\.old) == spans, bytesOutsideAreTheSame(edited) else { throw .unproven(group: nil) }
        try compareGroups(with: new, edited)
    }

    private func bytesOutsideAreTheSame(_ edited: HuJSONEditedText) -> Bool {
        var oldPosition = 0
        var newPosition = 0
        for splice in edited.splices {
            guard
                splice.new.lowerBound >= newPosition, splice.new.upperBound <= edited.bytes.count,
                old.document.bytes[oldPosition..<splice.old.lowerBound].isSameBytes(
                    as: edited.bytes[newPosition..<splice.new.lowerBound])
            else { return false }
            oldPosition = splice.old.upperBound
            newPosition = splice.new.upperBound
        }
        return old.document.bytes[oldPosition...].isSameBytes(as: edited.bytes[newPosition...])
    }

    private func compareGroups(with new: PolicyGroups, _ edited: HuJSONEditedText) throws(PolicyRefusal) {
        guard new.groups.count == old.groups.count else { throw .unproven(group: nil) }
        var planned: [Range<Int>: MembershipPlan] = [:]
        for plan in plans { planned[plan.list.range] = plan }
        var spliceOf: [Range<Int>: Range<Int>] = [:]
        for splice in edited.splices { spliceOf[splice.old] = splice.new }

        // How far everything has moved by the splices before it.
        var shift = 0
        for (before, after) in zip(old.groups, new.groups) {
            guard old.document.name(of: before).isSameBytes(as: new.document.name(of: after)) else {
                throw .unproven(group: nil)
            }
            if let plan = planned.removeValue(forKey: before.value.range) {
                guard let splice = spliceOf[before.value.range], after.value.range == splice else {
                    throw .unproven(group: plan.group)
                }
                try compare(plan, with: after.value, in: new)
                shift += splice.count - before.value.range.count
            } else {
                // Outside of the splices the bytes are the same, so the same place holds the same value.
                let moved = before.value.range.lowerBound + shift..<before.value.range.upperBound + shift
                guard after.value.range == moved else { throw .unproven(group: nil) }
            }
        }
        guard planned.isEmpty else { throw .unproven(group: nil) }
    }

    private func compare(
        _ plan: MembershipPlan, with list: HuJSONValue, in new: PolicyGroups
    ) throws(PolicyRefusal) {
        let logins = try new.logins(in: list, of: plan.group)
        guard
            logins.count == plan.result.count,
            zip(logins, plan.result).allSatisfy({ $0.isSameBytes(as: $1) })
        else { throw .unproven(group: plan.group) }

        let before = old.document.annotatedElements(of: plan.list)
        let kept = before.indices.filter { !plan.removing.contains($0) }.map { before[$0] }
        let after = new.document.annotatedElements(of: list)
        guard kept.count + plan.appending.count == after.count else { throw .unproven(group: plan.group) }
        for (element, newElement) in zip(kept, after) {
            let comments = element.comments.map { old.document.bytes(in: $0) }
            guard comments == newElement.comments.map({ new.document.bytes(in: $0) }) else {
                throw .unproven(group: plan.group)
            }
        }
        let loose = old.document.looseComments(in: plan.list).map { old.document.bytes(in: $0) }
        guard
            after.dropFirst(kept.count).allSatisfy({ $0.comments.isEmpty }),
            loose == new.document.looseComments(in: list).map({ new.document.bytes(in: $0) })
        else { throw .unproven(group: plan.group) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func isSameBytes(as other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBufferPointer { mine in
            other.withUnsafeBufferPointer { theirs in
                mine.indices.allSatisfy { mine[$0] == theirs[$0] }
            }
        }
    }
}
