/// A regular expression that is matched in linear time, by following all of its states at once (Thompson, 1968).
struct Pattern: Sendable, Hashable {
    private enum Instruction: Sendable, Hashable {
        case scalar(Unicode.Scalar)
        case anyButLineEnd
        case oneOf(ScalarSet)
        case begin
        case end
        case jump(Int)
        case split(Int, Int)
        case accept
    }

    private var program: [Instruction] = []
    /// Where the first upper-case letter stands that must be met, in scalars from 0.
    let firstUppercase: Int?

    init(parsing pattern: String) throws(PatternProblem) {
        var parser = PatternParser(pattern)
        let syntax = try parser.parse()
        firstUppercase = parser.firstUppercase
        compile(syntax)
        program.append(.accept)
    }

    /// At most twice the pattern's length and one.
    var stateCount: Int { program.count }

    private mutating func compile(_ syntax: PatternSyntax) {
        switch syntax {
        case .begin: program.append(.begin)
        case .end: program.append(.end)
        case .scalar(let scalar): program.append(.scalar(scalar))
        case .anyButLineEnd: program.append(.anyButLineEnd)
        case .oneOf(let set): program.append(.oneOf(set))
        case .sequence(let parts): for part in parts { compile(part) }
        case .choice(let branches):
            var jumps: [Int] = []
            for branch in branches.dropLast() {
                let split = program.count
                program.append(.split(split + 1, 0))
                compile(branch)
                jumps.append(program.count)
                program.append(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
            if let last = branches.last { compile(last) }
            for jump in jumps { program[jump] = .jump(program.count) }
        case .repeated(let part, .atLeastOne):
            let start = program.count
            compile(part)
            program.append(.split(start, program.count + 1))
        case .repeated(let part, let count):
            let split = program.count
            program.append(.split(split + 1, 0))
            compile(part)
            if count == .any { program.append(.jump(split)) }
            program[split] = .split(split + 1, program.count)
        }
    }

    /// Whether it matches somewhere.
    ///
    /// - Parameter steps: grows by the states tried, a class counting one for each of its ranges.
    func matches(_ text: String, steps: inout Int) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var states = Frontier(size: program.count)
        var next = Frontier(size: program.count)
        for position in 0...scalars.count {
            if follow(0, into: &states, at: position, of: scalars.count, steps: &steps) { return true }
            guard position < scalars.count else { break }
            let scalar = scalars[position]
            next.waiting.removeAll(keepingCapacity: true)
            for state in states.waiting where takes(program[state], scalar, steps: &steps) {
                if follow(state + 1, into: &next, at: position + 1, of: scalars.count, steps: &steps) { return true }
            }
            swap(&states, &next)
        }
        return false
    }

    private func takes(_ instruction: Instruction, _ scalar: Unicode.Scalar, steps: inout Int) -> Bool {
        switch instruction {
        case .scalar(let wanted): return scalar == wanted
        case .anyButLineEnd: return scalar != "\n"
        case .oneOf(let set):
            steps += set.ranges.count
            return set.contains(scalar)
        case .begin, .end, .jump, .split, .accept: return false
        }
    }

    /// Adds a state and all that lead on from it without a character; whether one of them accepts.
    private func follow(
        _ state: Int, into frontier: inout Frontier, at position: Int, of count: Int, steps: inout Int
    ) -> Bool {
        frontier.pending.append(state)
        while let state = frontier.pending.popLast() {
            steps += 1
            // Each state once at a position: so empty loops end, and the work is bounded.
            guard frontier.lastPosition[state] != position else { continue }
            frontier.lastPosition[state] = position
            switch program[state] {
            case .accept: return true
            case .jump(let target): frontier.pending.append(target)
            case .split(let first, let second): frontier.pending += [second, first]
            case .begin: if position == 0 { frontier.pending.append(state + 1) }
            case .end: if position == count { frontier.pending.append(state + 1) }
            case .scalar, .anyButLineEnd, .oneOf: frontier.waiting.append(state)
            }
        }
        return false
    }

    /// The states that one position of the text can be in.
    private struct Frontier {
        /// Where a state was last met; -1: nowhere yet.
        var lastPosition: [Int]
        /// Those that wait for a character.
        var waiting: [Int] = []
        var pending: [Int] = []

        init(size: Int) { lastPosition = Array(repeating: -1, count: size) }
    }
}
