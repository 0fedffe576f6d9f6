/// Columns under each other, the same on a terminal and in a pipe.
struct Table {
    var columns: [String]
    var rows: [[String]] = []

    /// With a dash where a cell is empty, so that each line has as many words as the others.
    var text: String {
        let lines = [columns] + rows.map { $0.map { $0.isEmpty ? "-" : $0.onTerminal } }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmingEnd
        }.joined(separator: "\n")
    }
}

extension String {
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var trimmingEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
