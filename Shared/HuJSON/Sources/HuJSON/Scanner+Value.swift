extension Scanner {
    /// A whole value. Containers are kept on a stack of our own, so depth costs a byte a level and never the thread's
    /// stack.
    func value(from start: Int) throws(HuJSONError) -> HuJSONValue {
        guard start < count else { throw failure(.noValue, at: count) }
        let kind = try kind(at: start)
        guard kind == .object || kind == .array else {
            return HuJSONValue(kind: kind, range: start..<(try scalar(kind, from: start)))
        }
        return HuJSONValue(kind: kind, range: start..<(try container(from: start)))
    }

    /// What kind of value starts here.
    func kind(at offset: Int) throws(HuJSONError) -> HuJSONValue.Kind {
        guard offset < count else { throw failure(.unexpectedEnd, at: count) }
        switch base[offset] {
        case Byte.quote: return .string
        case Byte.openBrace: return .object
        case Byte.openBracket: return .array
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"): return .true
        case UInt8(ascii: "f"): return .false
        case UInt8(ascii: "n"): return .null
        case Byte.comma: throw failure(.unexpectedComma, at: offset)
        default: throw failure(.unexpectedByte, at: offset)
        }
    }

    private func scalar(_ kind: HuJSONValue.Kind, from start: Int) throws(HuJSONError) -> Int {
        switch kind {
        case .string: try string(from: start)
        case .number: try number(from: start)
        case .true: try literal("true", from: start)
        case .false: try literal("false", from: start)
        case .null: try literal("null", from: start)
        case .object, .array: try container(from: start)
        }
    }

    /// The name and the colon of a member, up to its value.
    func nameAndColon(from start: Int) throws(HuJSONError) -> (name: Range<Int>, value: Int) {
        guard start < count else { throw failure(.unexpectedEnd, at: count) }
        guard base[start] == Byte.quote else {
            throw failure(base[start] == Byte.comma ? .unexpectedComma : .notAName, at: start)
        }
        let nameEnd = try string(from: start)
        let colon = try trivia(from: nameEnd)
        guard colon < count else { throw failure(.unexpectedEnd, at: count) }
        guard base[colon] == Byte.colon else { throw failure(.missingColon, at: colon) }
        return (start..<nameEnd, try trivia(from: colon + 1))
    }

    private func container(from start: Int) throws(HuJSONError) -> Int {
        var closers: [UInt8] = []
        closers.reserveCapacity(32)
        var position = start
        values: while true {
            guard position < count else { throw failure(.unexpectedEnd, at: count) }
            switch base[position] {
            case Byte.quote:
                position = try string(from: position)
            case Byte.openBrace, Byte.openBracket:
                guard closers.count < depthLimit else { throw failure(.tooDeep, at: position) }
                // Both closers are two code points after their openers.
                let closer = base[position] + 2
                closers.append(closer)
                position = try trivia(from: position + 1)
                if position < count, base[position] == closer { break }
                if closer == Byte.closeBrace { position = try nameAndColon(from: position).value }
                continue values
            default:
                position = try scalar(try kind(at: position), from: position)
            }
            while true {
                // A value has ended here, or a container is about to be closed.
                guard let closer = closers.last else { return position }
                position = try trivia(from: position)
                guard position < count else { throw failure(.unexpectedEnd, at: count) }
                var byte = base[position]
                if byte == Byte.comma {
                    position = try trivia(from: position + 1)
                    guard position < count else { throw failure(.unexpectedEnd, at: count) }
                    byte = base[position]
                    if byte != closer {
                        if closer == Byte.closeBrace { position = try nameAndColon(from: position).value }
                        continue values
                    }
                }
                guard byte == closer else {
                    let isObject = closer == Byte.closeBrace
                    throw failure(isObject ? .missingCommaInObject : .missingCommaInArray, at: position)
                }
                closers.removeLast()
                position += 1
            }
        }
    }
}
