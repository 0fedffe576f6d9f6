import Leases
import SymMessages

/// Extensions: further leases of the same request, ordered while the earlier one lives, at its last moment, or too late.
extension SimulatedWorld {
    mutating func planExtensions(of grant: LeaseTerms, from start: Int64) {
        guard dice.happens(350) else { return }
        let ends = start + grant.duration.count * 1_000
        let first = planExtension(of: grant, round: 2, at: whenToExtend(from: start, to: ends))
        guard dice.happens(400) else { return }
        // Of the extension, or of the first lease once more.
        let isChain = dice.happens(700)
        let time =
            isChain ? whenToExtend(from: start, to: ends + first.duration.count * 1_000) : dice.roll(start...ends)
        planExtension(of: isChain ? first : grant, round: 3, at: time)
    }

    private mutating func whenToExtend(from start: Int64, to end: Int64) -> Int64 {
        switch dice.roll(1...10) {
        case 1...2: start + dice.roll(0...2_000)
        case 3...6: dice.roll(start...end)
        case 7...8: max(start, end + dice.roll(-3_000...1_000))
        case 9: end + dice.roll(0...20_000)
        // It overtakes what it extends.
        default: max(0, start - dice.roll(0...500))
        }
    }

    @discardableResult
    private mutating func planExtension(of lease: LeaseTerms, round: Int, at time: Int64) -> LeaseTerms {
        var terms = withStart(lease, time)
        terms.leaseID = LeaseID(request: lease.leaseID.request, round: round)
        terms.duration = Seconds(dice.roll(1...40))
        if dice.happens(20) { terms.group = group("db") }
        if dice.happens(150) { terms.credential = credential(dice.pick(["TOKEN", "NEW"])) }
        let order = Order.extend(terms, extends: lease.leaseID)
        events.add(.order(order), at: time)
        if dice.happens(300) { events.add(.order(order), at: time + dice.roll(0...dice.pick([100, 60_000]))) }
        if dice.happens(120) { events.add(.order(.end(terms)), at: time + dice.roll(0...60_000)) }
        return terms
    }
}
