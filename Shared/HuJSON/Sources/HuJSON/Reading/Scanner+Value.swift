extension Scanner {
    /// A whole value. Containers are kept on a stack of our own, so depth costs a bit a level and never the thread's
    /// stack.
    func value(from start: Int) throws(HuJSONError) -> HuJSONValue {
        guard start < count else { throw failure(.noValue, at: count) }
        var ignored = Findings()
        let kind = try kind(at: start)
        return HuJSONValue(kind: kind, range: start..<(try end(of: kind, from: start, depth: 0, &ignored)))
    }

    /// - Parameter depth: how many containers are open around it.
    @inline(__always)
    func end(
        of kind: HuJSONValue.Kind, from start: Int, depth: Int, _ findings: inout Findings
    ) throws(HuJSONError) -> Int {
        kind == .object || kind == .array
            ? try container(from: start, depth: depth, &findings) : try scalar(kind, from: start, &findings)
    }

    /// What kind of value starts here.
    @inline(__always)
    func kind(at offset: Int) throws(HuJSONError) -> HuJSONValue.Kind {
        guard offset < count else { throw failure(.unexpectedEnd, at: count) }
        guard let kind = HuJSONValue.Kind(firstByte: base[offset]) else {
            throw failure(base[offset] == Byte.comma ? .unexpectedComma : .unexpectedByte, at: offset)
        }
        return kind
    }

    @inline(__always)
    private func scalar(
        _ kind: HuJSONValue.Kind, from start: Int, _ findings: inout Findings
    ) throws(HuJSONError) -> Int {
        switch kind {
        case .string: try string(from: start, &findings)
        case .number: try number(from: start)
        case .true: try literal("true", from: start)
        case .false: try literal("false", from: start)
        case .null: try literal("null", from: start)
        case .object, .array: throw failure(.unexpectedByte, at: start)
        }
    }

    /// The name and the colon of a member, up to its value.
    func nameAndColon(from start: Int) throws(HuJSONError) -> (name: Range<Int>, value: Int) {
        var ignored = Findings()
        return try nameAndColon(from: start, &ignored)
    }

    @inline(__always)
    func nameAndColon(
        from start: Int, _ findings: inout Findings
    ) throws(HuJSONError) -> (name: Range<Int>, value: Int) {
        guard start < count else { throw failure(.unexpectedEnd, at: count) }
        guard base[start] == Byte.quote else {
            throw failure(base[start] == Byte.comma ? .unexpectedComma : .notAName, at: start)
        }
        let nameEnd = try string(from: start, &findings)
        let colon = try trivia(from: nameEnd)
        guard colon < count else { throw failure(.unexpectedEnd, at: count) }
        guard base[colon] == Byte.colon else { throw failure(.missingColon, at: colon) }
        return (start..<nameEnd, try trivia(from: colon + 1))
    }

    /// From the end of a value in a container to the next member, element or closer.
    func afterComma(from end: Int) throws(HuJSONError) -> Int {
        let position = try trivia(from: end)
        return position < count && base[position] == Byte.comma ? try trivia(from: position + 1) : position
    }

    private func container(from start: Int, depth: Int, _ findings: inout Findings) throws(HuJSONError) -> Int {
        var open = OpenContainers()
        var position = start
        var secondToLast: Int?
        var last: Int?
        values: while true {
            guard position < count else { throw failure(.unexpectedEnd, at: count) }
            switch base[position] {
            case Byte.quote:
                position = try string(from: position, &findings)
            case Byte.openBrace, Byte.openBracket:
                guard depth + open.count < depthLimit else { throw failure(.tooDeep, at: position) }
                let isObject = base[position] == Byte.openBrace
                open.open(isObject: isObject)
                position = try trivia(from: position + 1)
                if position < count, base[position] == Byte.closer(ofObject: isObject) { break }
                if isObject { position = try nameAndColon(from: position, &findings).value }
                continue values
            default:
                position = try scalar(try kind(at: position), from: position, &findings)
            }
            while true {
                // A value has ended here, or a container is about to be closed.
                guard open.count > 0 else {
                    findings.secondToLast = secondToLast
                    return position
                }
                if open.count == 1 { (secondToLast, last) = (last, position) }
                let isObject = open.innermostIsObject
                let closer = Byte.closer(ofObject: isObject)
                position = try trivia(from: position)
                guard position < count else { throw failure(.unexpectedEnd, at: count) }
                var byte = base[position]
                if byte == Byte.comma {
                    position = try trivia(from: position + 1)
                    guard position < count else { throw failure(.unexpectedEnd, at: count) }
                    byte = base[position]
                    if byte != closer {
                        if isObject { position = try nameAndColon(from: position, &findings).value }
                        continue values
                    }
                }
                guard byte == closer else {
                    throw failure(isObject ? .missingCommaInObject : .missingCommaInArray, at: position)
                }
                open.close()
                position += 1
            }
        }
    }
}
