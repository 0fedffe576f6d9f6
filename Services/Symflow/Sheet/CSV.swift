/// Comma-separated values as RFC 4180 has them.
///
/// A cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) is
/// written with a `'` before it, which is taken away again when it is read: cells come back as they were.
enum CSV {
    /// What is wrong with a text, and in which line of it.
    struct Malformed: Error, Equatable {
        var line: Int
        var reason: String
    }

    /// A row and the line it begins in.
    struct Row: Equatable {
        var line: Int
        var cells: [String]
    }

    static func text(_ rows: [[String]]) -> String {
        // One empty cell, unquoted, would be an empty line.
        rows.map { $0 == [""] ? "\"\"\r\n" : $0.map { quoted(guarded($0)) }.joined(separator: ",") + "\r\n" }.joined()
    }

    /// Reads rows; lines end with CR LF or LF, the last may end with neither. Empty lines are passed over.
    static func rows(_ text: String) throws(Malformed) -> [Row] {
        var reader = Reader(bytes: Array(text.utf8))
        return try reader.rows()
    }

    private static func guarded(_ cell: String) -> String { isFormula(cell) ? "'" + cell : cell }

    fileprivate static func unguarded(_ cell: String) -> String {
        cell.utf8.first == apostrophe && isFormula(cell) ? String(cell.dropFirst()) : cell
    }

    /// Whether, behind any number of `'`, it begins as a formula does.
    private static func isFormula(_ cell: String) -> Bool {
        guard let first = cell.utf8.first(where: { $0 != apostrophe }) else { return false }
        return "=+-@\t\r".utf8.contains(first)
    }

    private static let apostrophe = UInt8(ascii: "'")

    private static func quoted(_ cell: String) -> String {
        let needsQuotes =
            cell.utf8.contains { "\",\r\n".utf8.contains($0) } || cell.utf8.first == space || cell.utf8.last == space
        guard needsQuotes else { return cell }
        // By bytes: to Swift a quotation mark with an accent is a character of its own.
        let doubled = cell.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
        return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
    }

    private static let space = UInt8(ascii: " ")

    private struct Reader {
        private static let quote = UInt8(ascii: "\"")
        private static let comma = UInt8(ascii: ",")
        private static let newline = UInt8(ascii: "\n")
        private static let carriageReturn = UInt8(ascii: "\r")

        let bytes: [UInt8]
        var next = 0
        var line = 1

        mutating func rows() throws(Malformed) -> [Row] {
            // The byte order mark that spreadsheets put before UTF-8.
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
            var rows: [Row] = []
            while next < bytes.count {
                if takeLineEnd() { continue }
                rows.append(try row())
            }
            return rows
        }

        private mutating func row() throws(Malformed) -> Row {
            var row = Row(line: line, cells: [])
            while true {
                row.cells.append(CSV.unguarded(try cell()))
                if next == bytes.count || takeLineEnd() { return row }
                // A cell ends at one of the three only.
                next += 1
            }
        }

        private mutating func cell() throws(Malformed) -> String {
            guard next < bytes.count, bytes[next] == Self.quote else { return try plainCell() }
            let start = line
            next += 1
            var cell: [UInt8] = []
            while next < bytes.count {
                let byte = bytes[next]
                next += 1
                if byte == Self.quote {
                    guard next < bytes.count, bytes[next] == Self.quote else { return try endOfCell(cell) }
                    next += 1
                }
                if byte == Self.newline { line += 1 }
                cell.append(byte)
            }
            throw Malformed(line: start, reason: "a cell begins with \" and never ends")
        }

        private mutating func endOfCell(_ cell: [UInt8]) throws(Malformed) -> String {
            guard next == bytes.count || bytes[next] == Self.comma || isAtLineEnd else {
                throw Malformed(line: line, reason: "there is something behind the \" that ends a cell")
            }
            return String(decoding: cell, as: UTF8.self)
        }

        private mutating func plainCell() throws(Malformed) -> String {
            let start = next
            while next < bytes.count, bytes[next] != Self.comma, !isAtLineEnd {
                guard bytes[next] != Self.quote else {
                    throw Malformed(line: line, reason: "a cell with a \" in it must be in quotes, and the \" doubled")
                }
                next += 1
            }
            return String(decoding: bytes[start..<next], as: UTF8.self)
        }

        private var isAtLineEnd: Bool {
            bytes[next] == Self.newline
                || (bytes[next] == Self.carriageReturn && next + 1 < bytes.count && bytes[next + 1] == Self.newline)
        }

        private mutating func takeLineEnd() -> Bool {
            guard isAtLineEnd else { return false }
            next += bytes[next] == Self.newline ? 1 : 2
            line += 1
            return true
        }
    }
}
