/// Finds what somebody probably meant.
public enum NearestName {
    /// The candidate that the fewest edits lead to; `nil` if none is near (more than a third of the letters, or
    /// more than three).
    public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(129))
        guard wanted.count <= 128 else { return nil }
        let allowed = min(3, (wanted.count + 1) / 3)
        let near = candidates.compactMap { candidate -> (distance: Int, name: String)? in
            let letters = Array(candidate.lowercased().unicodeScalars.prefix(132))
            guard abs(letters.count - wanted.count) <= allowed else { return nil }
            let distance = distance(wanted, letters)
            return distance <= allowed ? (distance, candidate) : nil
        }
        return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// `; did you mean "…"?` without the closing mark, or nothing.
    public static func suggestion(for name: String, among candidates: some Sequence<String>) -> String {
        nearest(to: name, among: candidates).map { "; did you mean \"\($0)\"" } ?? ""
    }

    /// Insertions, deletions, replacements, and swaps of neighbours (optimal string alignment).
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
                row.append(cost)
            }
            beforePrevious = previous
            previous = row
        }
        return previous[b.count]
    }
}
