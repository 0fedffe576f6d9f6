import SymMessages

/// Everything that one command is to end, and what is known of each so far. A value: it is told what the server said.
struct MassEnd {
    struct Item {
        enum Standing {
            /// Sym was not told to end it, or may not have been: why, if it was tried.
            case untold(Failure?)
            /// Kafka has the command.
            case told
            /// The log says that it is being ended.
            case ending
            /// Final.
            case over(RequestDocument)
            case refused(Failure)

            /// Nothing more is awaited.
            var isSettled: Bool {
                switch self {
                case .over, .refused: true
                case .untold, .told, .ending: false
                }
            }
        }

        let id: RequestID
        let person: PersonID?
        let target: ResourceName?
        var standing: Standing
        /// Whether the server's newest list has it.
        fileprivate(set) var isListed = true
    }

    /// In the order in which they are told: by target and person, those that came later behind.
    private(set) var items: [Item] = []
    private var places: [RequestID: Int] = [:]

    /// Takes the whole list of what is approved, active or ending, and matches.
    mutating func found(_ live: [RequestList.Item]) {
        for place in items.indices { items[place].isListed = false }
        var fresh: [Item] = []
        for request in live {
            if let place = places[request.id] {
                items[place].isListed = true
                // A server that lags behind the one asked before may still list what is over.
                if case .over = items[place].standing { continue }
                if request.state == .ending { items[place].standing = .ending }
            } else {
                fresh.append(
                    Item(
                        id: request.id, person: request.person, target: request.target,
                        standing: request.state == .ending ? .ending : .untold(nil)))
            }
        }
        fresh.sort { Self.order($0) < Self.order($1) }
        for item in fresh where places[item.id] == nil {
            places[item.id] = items.count
            items.append(item)
        }
    }

    private static func order(_ item: Item) -> (String, String, String) {
        (item.target?.rawValue ?? "", item.person?.rawValue ?? "", item.id.rawValue)
    }

    /// Those that Sym has to be told to end.
    var untold: [RequestID] {
        items.compactMap { if case .untold = $0.standing, $0.isListed { $0.id } else { nil } }
    }

    /// Those that Sym was told to end, and of which the newest list does not show that it does.
    var undecided: [RequestID] {
        items.compactMap { if case .told = $0.standing, $0.isListed { $0.id } else { nil } }
    }

    /// Those that are not in the list any more, so that each has to be looked at.
    var gone: [RequestID] { items.filter { !$0.isListed && !$0.standing.isSettled }.map(\.id) }

    /// Takes what a command to end one of them was answered; `nil`: Kafka has it.
    mutating func answered(_ id: RequestID, _ failure: Failure?) {
        guard let place = places[id] else { return }
        switch items[place].standing {
        case .ending, .over: return
        case .untold, .told, .refused: break
        }
        guard let failure else {
            items[place].standing = .told
            return
        }
        switch failure.kind {
        // It is being ended, or over, by somebody else or by itself: the next list or look shows which.
        case _ where failure.status == 409: items[place].standing = .told
        case .refused, .notPermitted: items[place].standing = .refused(failure)
        default:
            // An earlier attempt that did arrive still stands.
            if case .told = items[place].standing { return }
            items[place].standing = .untold(failure)
        }
    }

    /// Takes the present state of one of them.
    mutating func saw(_ request: RequestDocument) {
        guard let id = RequestID(rawValue: request.id), let place = places[id] else { return }
        if request.state.isFinal {
            items[place].standing = .over(request)
        } else if request.state == .ending {
            items[place].standing = .ending
        }
    }

    var isSettled: Bool { items.allSatisfy(\.standing.isSettled) }

    /// What to end with: the worst that happened, `nil` when all of them are over.
    var failureKind: Failure.Kind? {
        var refusals: [Failure] = []
        var open = 0
        var neverSent = 0
        for item in items {
            switch item.standing {
            case .refused(let failure): refusals.append(failure)
            case .untold(let failure):
                open += 1
                if failure?.kind == .unreachable { neverSent += 1 }
            case .told, .ending: open += 1
            case .over: break
            }
        }
        if !refusals.isEmpty { return refusals.allSatisfy { $0.kind == .notPermitted } ? .notPermitted : .refused }
        if open == 0 { return nil }
        return neverSent == items.count ? .unreachable : .outcomeUnknown
    }
}
