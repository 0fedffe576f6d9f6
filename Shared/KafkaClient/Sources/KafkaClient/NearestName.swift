extension KafkaSettings {
    /// The name a misspelt one was probably meant to be; `nil` when none is near (more than two letters, or a quarter
    /// of it, are wrong).
    public static func nearestName(to name: String, among names: [String]) -> String? {
        let limit = max(2, name.utf8.count / 4)
        let nearest = names.map { (name: $0, distance: editDistance(name, $0)) }.min { $0.distance < $1.distance }
        return nearest.flatMap { $0.distance <= limit ? $0.name : nil }
    }

    /// How many letters must be put in, left out, changed or swapped with their neighbour to get from one to the other.
    private static func editDistance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for i in one.indices {
            var row = [i + 1]
            for j in other.indices {
                var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (one[i] == other[j] ? 0 : 1))
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    distance = min(distance, beforeLast[j - 1] + 1)
                }
                row.append(distance)
            }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }
}
