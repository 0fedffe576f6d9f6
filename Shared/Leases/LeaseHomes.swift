import SymMessages

/// Where each lease is kept. A tailnet is named once, however many leases it has.
struct LeaseHomes: Sendable {
    private var places: [LeaseID: Int32] = [:]
    private var tailnets: [Tailnet] = []
    private var numbers: [Tailnet: Int32] = [:]

    subscript(lease: LeaseID) -> Tailnet? {
        get { places[lease].map { tailnets[Int($0)] } }
        set { places[lease] = newValue.map { number(of: $0) } }
    }

    mutating func removeValue(forKey lease: LeaseID) -> Tailnet? {
        places.removeValue(forKey: lease).map { tailnets[Int($0)] }
    }

    mutating func removeAll(in gone: Set<Tailnet>) {
        places = places.filter { !gone.contains(tailnets[Int($0.value)]) }
    }

    func tailnet(numbered number: Int32) -> Tailnet { tailnets[Int(number)] }

    /// A number to know it by in little room.
    mutating func number(of tailnet: Tailnet) -> Int32 {
        if let number = numbers[tailnet] { return number }
        let number = Int32(tailnets.count)
        tailnets.append(tailnet)
        numbers[tailnet] = number
        return number
    }
}
