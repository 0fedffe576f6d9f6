import SymMessages

extension TailnetWorker {
    /// An order is done when it stands in the ledger.
    mutating func take(_ order: Order, at position: OrderPosition, _ turn: inout Turn<Target>) {
        let id = order.terms.leaseID
        orders[id, default: []].append((order, position))
        settleOrders(of: id, &turn)
        advance(&turn)
    }

    /// Goes through the orders of a lease as far as the ledger allows.
    mutating func settleOrders(of id: LeaseID, _ turn: inout Turn<Target>) {
        while pending[id] == nil, let (order, position) = orders[id]?.first {
            let isWhole = if case .end = order { endExtensions(of: id, &turn) } else { true }
            if let record = next(for: order, now: turn.now) {
                append(record, &turn)
                return
            }
            guard isWhole else { return }
            orders[id]?.removeFirst()
            if orders[id]?.isEmpty ?? false { orders[id] = nil }
            turn.finished.append(position)
            // Approval sends what it is owed an answer for again after a take-over.
            if let outcome = leases[id]?.outcome { turn.outcomes.append(outcome) }
        }
    }

    /// The record that this order still asks for; `nil` when the ledger has it.
    private func next(for order: Order, now: Timestamp) -> LeaseRecord? {
        guard let record = leases[order.terms.leaseID] else {
            switch order {
            case .grant(let terms): return .wanted(terms)
            case .extend(let terms, let extended): return begun(terms, extending: extended, at: now)
            case .end(let terms): return .neverBegun(terms, revision: 1, at: now)
            }
        }
        guard case .end = order else { return nil }
        return revoked(record, at: now)
    }

    /// The record that an early end asks for; `nil` when the ledger has it.
    func revoked(_ record: LeaseRecord, at now: Timestamp) -> LeaseRecord? {
        switch record.phase {
        case .wanted where !record.hasTouched:
            return .neverBegun(record.terms, extending: record.extends, revision: record.revision + 1, at: now)
        case .wanted, .confirmed: return record.ending(.revoked)
        case .ending, .ended: return nil
        }
    }
}
