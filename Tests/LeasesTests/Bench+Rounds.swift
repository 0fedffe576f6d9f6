import Leases
import SymMessages

/// The lease of a request's grant, or of one of its extensions.
func round(
    _ round: Int, of number: Int = 1, seconds: Int64 = 60, group groupName: String = "prod",
    startBy: Timestamp = at(900_000)
) -> LeaseTerms {
    var terms = terms(number, group: groupName, seconds: seconds, startBy: startBy)
    terms.leaseID = LeaseID(request: terms.leaseID.request, round: round)
    return terms
}

extension Bench {
    /// A lease of a minute from 0.
    static func started(at milliseconds: Int64 = 10_000) -> Bench {
        var bench = Bench()
        bench.order(.grant(round(1)))
        bench.pass(milliseconds: milliseconds)
        return bench
    }

    static func isAppend(of number: Int, _ effect: Service.Effect) -> Bool {
        if case .append(let record, _) = effect { record.terms.leaseID == round(number).leaseID } else { false }
    }

    /// 100 s more for the first lease.
    mutating func extend() {
        order(.extend(round(2, seconds: 100), extends: round(1).leaseID))
    }

    func outcomes(ofRound number: Int, of request: Int = 1) -> [Outcome] {
        outcomes.filter { $0.leaseID == round(number, of: request).leaseID }
    }

    func records(ofRound number: Int) -> [LeaseRecord] {
        ledger.filter { $0.terms.leaseID == round(number).leaseID }
    }
}
