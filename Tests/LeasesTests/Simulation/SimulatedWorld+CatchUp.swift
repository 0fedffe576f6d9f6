import Leases
import SymMessages

/// A process that wants to know whether it has read everything, and how much that was when Kafka told it.
struct CatchingUp {
    let tailnet: Tailnet
    let ticket: Ticket
    let process: Int
    /// Milliseconds, on the clock of the process, when it asked.
    let wall: Int64
    let generation: Int
    let partition: Int32
    let orders: Int
    let ledger: Int
}

extension SimulatedWorld {
    mutating func catchUp(_ tailnet: Tailnet, _ partition: Int32, _ ticket: Ticket, _ process: Int) {
        let wall = now + (processes[process]?.skew ?? 0)
        oracle.asks(process, about: tailnet.name, wall: wall)
        guard !isCut(process) else {
            return later(.input(.caughtUp(tailnet, ticket, isRead: false), process: process), atMost: 5_000)
        }
        later(
            .catchesUp(
                CatchingUp(
                    tailnet: tailnet, ticket: ticket, process: process, wall: wall,
                    generation: oracle.readings.generation(of: process), partition: partition,
                    orders: orders[partition]?.count ?? 0, ledger: ledger[partition]?.end ?? 0)))
    }

    mutating func answer(_ question: CatchingUp) {
        guard let position = processes[question.process]?.positions[question.partition] else { return }
        let next = ledger[question.partition]?.next(from: position.ledger)
        if position.orders >= question.orders, next.map({ $0.offset >= question.ledger }) ?? true {
            oracle.hasRead(question.process, about: question.tailnet.name, upTo: question.wall, in: question.generation)
            give(.caughtUp(question.tailnet, question.ticket, isRead: true), to: question.process)
        } else {
            events.add(.catchesUp(question), at: max(now, cutEnds(question.process)) + dice.roll(1...50))
        }
    }
}
