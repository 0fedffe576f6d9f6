/// The grammar written down as plainly as can be, to compare the reader with: recursive, byte by byte, no positions
/// kept but those of the values.
struct NaiveReader {
    indirect enum Value: Equatable {
        case object(Range<Int>, [Member])
        case array(Range<Int>, [Value])
        case scalar(Range<Int>)

        var range: Range<Int> {
            switch self {
            case .object(let range, _), .array(let range, _), .scalar(let range): range
            }
        }
    }

    struct Member: Equatable {
        var name: Range<Int>
        var value: Value
    }

    private struct Refused: Error {}

    private let text: [UInt8]
    private var position = 0

    /// Nil if the text is not HuJSON.
    static func read(_ text: [UInt8]) -> Value? {
        var reader = NaiveReader(text: text)
        do {
            try reader.skipTrivia()
            let value = try reader.value()
            try reader.skipTrivia()
            return reader.position == text.count ? value : nil
        } catch {
            return nil
        }
    }

    /// Where the text stops being UTF-8: the first byte with which no scalar begins.
    static func firstByteThatIsNotUTF8(in text: [UInt8]) -> Int? {
        var position = 0
        while position < text.count {
            let length = (1...4).first { length in
                position + length <= text.count
                    && String(validating: text[position..<position + length], as: UTF8.self) != nil
            }
            guard let length else { return position }
            position += length
        }
        return nil
    }

    private init(text: [UInt8]) { self.text = text }

    private func byte(_ offset: Int = 0) -> Character? {
        position + offset < text.count ? Character(Unicode.Scalar(text[position + offset])) : nil
    }

    private mutating func take(_ character: Character) throws {
        guard byte() == character else { throw Refused() }
        position += 1
    }

    private mutating func skipTrivia() throws {
        while let next = byte() {
            if next == "/" {
                let start = position
                if byte(1) == "/" {
                    while byte() != "\n" {
                        guard position < text.count else { throw Refused() }
                        position += 1
                    }
                } else if byte(1) == "*" {
                    position += 2
                    while byte() != "*" || byte(1) != "/" {
                        guard position < text.count else { throw Refused() }
                        position += 1
                    }
                    position += 2
                } else {
                    throw Refused()
                }
                guard String(validating: text[start..<position], as: UTF8.self) != nil else { throw Refused() }
            } else if " \t\r\n".unicodeScalars.contains(Unicode.Scalar(text[position])) {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func value() throws -> Value {
        let start = position
        switch byte() {
        case "{":
            let members = try list(closedBy: "}") { reader in
                let start = reader.position
                try reader.string()
                let name = start..<reader.position
                try reader.skipTrivia()
                try reader.take(":")
                try reader.skipTrivia()
                return Member(name: name, value: try reader.value())
            }
            return .object(start..<position, members)
        case "[":
            let elements = try list(closedBy: "]") { try $0.value() }
            return .array(start..<position, elements)
        case "\"": try string()
        case "t": for character in "true" { try take(character) }
        case "f": for character in "false" { try take(character) }
        case "n": for character in "null" { try take(character) }
        default: try number()
        }
        return .scalar(start..<position)
    }

    private mutating func list<Part>(
        closedBy closer: Character, _ part: (inout NaiveReader) throws -> Part
    ) throws -> [Part] {
        var parts: [Part] = []
        position += 1
        try skipTrivia()
        while byte() != closer {
            parts.append(try part(&self))
            try skipTrivia()
            guard byte() == "," else { break }
            position += 1
            try skipTrivia()
        }
        try take(closer)
        return parts
    }

    private mutating func string() throws {
        try take("\"")
        while byte() != "\"" {
            guard position < text.count, text[position] >= 0x20 else { throw Refused() }
            if byte() == "\\" {
                position += 1
                guard let escape = byte(), "\"\\/bfnrtu".contains(escape) else { throw Refused() }
                for offset in 1...4 where escape == "u" {
                    guard let digit = byte(offset), digit.isASCII, digit.isHexDigit else { throw Refused() }
                }
                position += escape == "u" ? 4 : 0
            }
            position += 1
        }
        position += 1
    }

    private mutating func number() throws {
        if byte() == "-" { position += 1 }
        if byte() == "0" { position += 1 } else { try digits() }
        if byte() == "." {
            position += 1
            try digits()
        }
        if byte() == "e" || byte() == "E" {
            position += 1
            if byte() == "+" || byte() == "-" { position += 1 }
            try digits()
        }
    }

    private mutating func digits() throws {
        let start = position
        while let digit = byte(), ("0"..."9").contains(digit) { position += 1 }
        guard position > start else { throw Refused() }
    }
}
