/// What differs between two texts, by lines, with the lines next to a change.
struct LineDiff {
    enum Line: Equatable {
        case kept(String)
        case removed(String)
        case added(String)

        var isChange: Bool { if case .kept = self { false } else { true } }
    }

    let lines: [Line]

    init(from old: String, to new: String) {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var all: [Line] = []
        var position = 0
        for (index, line) in before.enumerated() {
            if removed.contains(index) {
                all.append(.removed(line))
                continue
            }
            while added.contains(position) {
                all.append(.added(after[position]))
                position += 1
            }
            all.append(.kept(line))
            position += 1
        }
        all += after.dropFirst(position).map { .added($0) }
        lines = all.indices
            .filter { index in all[max(0, index - 1)...min(all.count - 1, index + 1)].contains(where: \.isChange) }
            .map { all[$0] }
    }
}
