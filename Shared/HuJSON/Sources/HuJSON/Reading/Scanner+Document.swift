extension Scanner {
    /// What one pass over a whole text finds.
    struct Document {
        var root: HuJSONValue
        var index: ContainerIndex
        var findings: Findings
    }

    /// A container that is open and recorded.
    private struct Frame {
        let start: Int
        let isObject: Bool
        let firstPlace: Int
        var name: Range<Int> = 0..<0
        var value = 0

        func record(end: Int, level: Int, in index: inout ContainerIndex) {
            if isObject {
                index.addMember(name, value..<end, level: level)
            } else {
                index.addElement(value..<end, level: level)
            }
        }
    }

    /// The one value of the whole text, and the index of its outermost levels.
    func document(indexDepth: Int) throws(HuJSONError) -> Document {
        var index = ContainerIndex(depth: indexDepth, ofTextOf: count)
        var findings = Findings()
        let start = try trivia(from: 0)
        guard start < count else { throw failure(.noValue, at: count) }
        let kind = try kind(at: start)
        let valueEnd = try recorded(from: start, &index, &findings)
        let end = try trivia(from: valueEnd)
        guard end == count else { throw failure(.textAfterValue, at: end) }
        return Document(root: HuJSONValue(kind: kind, range: start..<valueEnd), index: index, findings: findings)
    }

    /// As ``value(from:)``, for the levels that are recorded; what is inside of them is read in one go.
    private func recorded(
        from start: Int, _ index: inout ContainerIndex, _ findings: inout Findings
    ) throws(HuJSONError) -> Int {
        let recordedDepth = index.depth
        var frames: [Frame] = []
        var position = start
        values: while true {
            let kind = try kind(at: position)
            if frames.count < recordedDepth, kind == .object || kind == .array {
                guard frames.count < depthLimit else { throw failure(.tooDeep, at: position) }
                let isObject = kind == .object
                frames.append(
                    Frame(start: position, isObject: isObject, firstPlace: index.nextPlace(atLevel: frames.count)))
                position = try trivia(from: position + 1)
                if position >= count || base[position] != Byte.closer(ofObject: isObject) {
                    position = try valueStart(from: position, &frames[frames.count - 1], &findings)
                    continue values
                }
            } else {
                let start = position
                position = try end(of: kind, from: start, depth: frames.count, &findings)
                if kind == .array, !frames.isEmpty, let end = findings.secondToLast {
                    index.addTail(end, of: start..<position, level: frames.count - 1)
                }
                frames.last?.record(end: position, level: frames.count - 1, in: &index)
            }
            while true {
                // A value has ended here, or a container is about to be closed.
                guard let frame = frames.last else { return position }
                let closer = Byte.closer(ofObject: frame.isObject)
                position = try trivia(from: position)
                guard position < count else { throw failure(.unexpectedEnd, at: count) }
                if base[position] == Byte.comma {
                    position = try trivia(from: position + 1)
                    guard position < count else { throw failure(.unexpectedEnd, at: count) }
                    if base[position] != closer {
                        position = try valueStart(from: position, &frames[frames.count - 1], &findings)
                        continue values
                    }
                }
                guard base[position] == closer else {
                    throw failure(frame.isObject ? .missingCommaInObject : .missingCommaInArray, at: position)
                }
                position += 1
                frames.removeLast()
                index.addContainer(frame.start..<position, firstPlace: frame.firstPlace, level: frames.count)
                frames.last?.record(end: position, level: frames.count - 1, in: &index)
            }
        }
    }

    /// Where the value of the next member or element starts.
    private func valueStart(
        from start: Int, _ frame: inout Frame, _ findings: inout Findings
    ) throws(HuJSONError) -> Int {
        frame.value = start
        if frame.isObject { (frame.name, frame.value) = try nameAndColon(from: start, &findings) }
        return frame.value
    }
}
