import HuJSON

/// What must hold for every text and every edit: for property tests, the fuzzer and the replay of what it found.
public struct HuJSONChecks {
    public struct Broken: Error, CustomStringConvertible {
        public let description: String
    }

    private let document: HuJSONDocument
    private let tree: Tree
    private var choices: Choices

    /// Parses a text and checks it.
    ///
    /// - Parameter choices: which edits are made.
    /// - Returns: whether it is HuJSON.
    @discardableResult
    public static func check(_ text: [UInt8], _ choices: Choices) throws -> Bool {
        let document: HuJSONDocument
        do {
            document = try HuJSONDocument(text)
        } catch {
            let lines = text.count { $0 == 0x0A } + 1
            try hold((1...lines).contains(error.line) && (1...text.count + 1).contains(error.column), "\(error)")
            return false
        }
        try hold(document.bytes == text, "the document is another one")
        guard let tree = Tree(document.root, of: document) else { return true }
        var checks = HuJSONChecks(document: document, tree: tree, choices: choices)
        try checks.checkPaths()
        try checks.checkEdits()
        try checks.checkRestoring()
        return true
    }

    private static func hold(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
        if !condition { throw Broken(description: sentence()) }
    }

    private func hold(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
        try Self.hold(condition, sentence())
    }
}

extension HuJSONChecks {
    private mutating func checkPaths() throws {
        let all = tree.all
        for _ in 0..<3 {
            let wanted = all[choices.below(all.count)]
            let path = wanted.path
            let read = try HuJSONPath(pointer: path.pointer)
            try hold(read.pointer == path.pointer, "\(path) reads as \(read)")
            for path in [path, read] {
                try hold(
                    document.values(at: path) == Self.values(at: path.steps[...], in: tree, onlyFirst: false),
                    "not all at \(path)")
                try hold(
                    document.value(at: path) == Self.values(at: path.steps[...], in: tree, onlyFirst: true).first,
                    "another one at \(path)")
            }
        }
    }

    private static func values(
        at steps: ArraySlice<HuJSONPath.Step>, in tree: Tree, onlyFirst: Bool
    ) -> [HuJSONValue] {
        guard let step = steps.first else { return [tree.value] }
        let next = tree.children.enumerated().filter { index, child in
            switch step {
            case .position(let position):
                child.name.map { $0 == Array(String(position).utf8) } ?? (index == position)
            case .name(let name): child.name == Array(name.utf8)
            }
        }
        return next.prefix(onlyFirst ? 1 : next.count)
            .flatMap { values(at: steps.dropFirst(), in: $0.element, onlyFirst: onlyFirst) }
    }
}

// MARK: - Edits

extension HuJSONChecks {
    private mutating func checkEdits() throws {
        let edits = try RandomEdits(of: tree, &choices)
        let context = "\(edits.plans.map(\.edit))"
        let edited: HuJSONEditedText
        do {
            edited = try document.edited(edits.plans.map(\.edit))
        } catch {
            switch error {
            case .overlappingEdits: try hold(edits.overlap, "no overlap, \(context)")
            case .nameTaken: try hold(edits.takesName, "no name taken, \(context)")
            default: throw Broken(description: "\(error), \(context)")
            }
            return
        }
        try hold(!edits.overlap && !edits.takesName, "not refused, \(context)")
        // What the pass over the text noted of its lists makes edits quicker and nothing else.
        let plain = try HuJSONDocument(document.bytes, indexDepth: 0).edited(edits.plans.map(\.edit))
        try hold(plain == edited, "another text where nothing is noted, \(context)")
        let result: HuJSONDocument
        do {
            result = try HuJSONDocument(edited.bytes)
        } catch {
            throw Broken(description: "does not parse, \(error), \(context)")
        }
        try checkSplices(edited, edits)
        try hold(
            Decoded(result.root, of: result) == edits.decoded(tree, of: document), "says something else, \(context)")
        try compare(tree, with: result.root, of: result, edits)
        try checkComments(in: result, edits)
    }

    private func checkSplices(_ edited: HuJSONEditedText, _ edits: RandomEdits) throws {
        let ranges = edits.plans.map(\.tree.value.range)
        let outermost = ranges.filter { range in !ranges.contains { $0 != range && $0.encloses(range) } }
        try hold(
            edited.splices.map(\.old) == outermost.sorted { $0.lowerBound < $1.lowerBound }, "splices are others")
        var (old, new) = (0, 0)
        for splice in edited.splices {
            try hold(
                document.bytes[old..<splice.old.lowerBound].elementsEqual(edited.bytes[new..<splice.new.lowerBound]),
                "a byte changed before \(splice)")
            (old, new) = (splice.old.upperBound, splice.new.upperBound)
        }
        try hold(document.bytes[old...].elementsEqual(edited.bytes[new...]), "a byte changed at the end")
    }

    /// Goes down both texts at once: every comment must speak of what it spoke of.
    private func compare(
        _ old: Tree, with new: HuJSONValue, of result: HuJSONDocument, _ edits: RandomEdits
    ) throws {
        let plan = edits.plan(for: old.value) ?? RandomEdits.Plan(tree: old)
        if let replacement = plan.replacement {
            return try hold(result.bytes(in: new.range).elementsEqual(replacement.bytes), "not the literal")
        }
        guard edits.plans.contains(where: { old.value.range.encloses($0.tree.value.range) }) else {
            return try hold(
                result.bytes(in: new.range) == document.bytes(in: old.value.range), "an untouched value changed")
        }
        let before = Owners(of: old.value, in: document)
        let after = Owners(of: new, in: result)
        let kept = old.children.indices.filter { !plan.removing.contains($0) }
        try hold(after.comments.count == kept.count + plan.elements.count + plan.members.count, "another count")
        try hold(kept.map { before.comments[$0] } == Array(after.comments.prefix(kept.count)), "a comment has moved")
        try hold(after.comments.dropFirst(kept.count).allSatisfy(\.isEmpty), "a comment went to what is new")
        try hold(before.loose == after.loose, "a comment of none has moved")
        for (index, value) in zip(kept, after.values) {
            try compare(old.children[index], with: value, of: result, edits)
        }
        let literals = plan.tree.value.kind == .array ? plan.elements : plan.members.map(\.value)
        for (literal, value) in zip(literals, after.values.dropFirst(kept.count)) {
            try hold(result.bytes(in: value.range).elementsEqual(literal.bytes), "not the literal")
        }
    }

    /// No comment has come or gone, except with what it belongs to.
    private func checkComments(in result: HuJSONDocument, _ edits: RandomEdits) throws {
        var gone: [Range<Int>] = []
        for plan in edits.plans {
            if plan.replacement != nil { gone.append(plan.tree.value.range) }
            guard !plan.removing.isEmpty else { continue }
            let owners = Owners(of: plan.tree.value, in: document)
            for index in plan.removing { gone += owners.ranges[index] + [plan.tree.children[index].range] }
        }
        let remaining = Self.comments(in: document.bytes).filter { comment in
            !gone.contains { $0.encloses(comment) }
        }
        let expected =
            remaining.map { Array(document.bytes[$0]) }
            + edits.plans.flatMap(\.literals).flatMap { literal in
                Self.comments(in: literal.bytes).map { Array(literal.bytes[$0]) }
            }
        let found = Self.comments(in: result.bytes).map { Array(result.bytes[$0]) }
        func sorted(_ comments: [[UInt8]]) -> [[UInt8]] { comments.sorted { $0.lexicographicallyPrecedes($1) } }
        try hold(sorted(expected) == sorted(found), "a comment came or went, \(edits.plans.map(\.edit))")
    }

    /// All comments, found without the code under test; of a `//` comment without its line break.
    private static func comments(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        while position < bytes.count {
            var end = position + 1
            switch bytes[position] {
            case UInt8(ascii: "\""):
                while bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
                end += 1
            case UInt8(ascii: "/") where bytes[end] == UInt8(ascii: "/"):
                while bytes[end] != 0x0A { end += 1 }
                let length = bytes[position..<end].reversed().drop { $0 == 0x0D }.count
                found.append(position..<position + length)
            case UInt8(ascii: "/"):
                end += 1
                while bytes[end] != UInt8(ascii: "*") || bytes[end + 1] != UInt8(ascii: "/") { end += 1 }
                end += 2
                found.append(position..<end)
            default: break
            }
            position = end
        }
        return found
    }
}

/// Which comments belong to what in one container.
private struct Owners {
    var ranges: [[Range<Int>]]
    var comments: [[[UInt8]]]
    var loose: [[UInt8]]
    var values: [HuJSONValue]

    init(of container: HuJSONValue, in document: HuJSONDocument) {
        let elements = document.annotatedElements(of: container)
        let members = document.annotatedMembers(of: container)
        ranges = elements.map(\.comments) + members.map(\.comments)
        values = elements.map(\.value) + members.map(\.member.value)
        comments = ranges.map { $0.map { Array(document.bytes(in: $0)) } }
        loose = document.looseComments(in: container).map { Array(document.bytes(in: $0)) }
    }
}

// MARK: - Adding and taking out again

extension HuJSONChecks {
    private mutating func checkRestoring() throws {
        let containers = tree.all.filter { $0.value.kind == .array || $0.value.kind == .object }
        guard !containers.isEmpty else { return }
        for _ in 0..<2 {
            let container = containers[choices.below(containers.count)]
            let count = container.children.count
            let literals = [try RandomEdits.literal(&choices), try RandomEdits.literal(&choices)]
            let one = try adding(Array(literals.prefix(1)), to: container.value)
            let two = try adding(literals, to: container.value)
            let context = String(decoding: one.document.bytes(in: one.container.range), as: UTF8.self).debugDescription
            try hold(try removing([count + 1], from: two) == one.document.bytes, "not as with one, \(context)")
            try hold(try removing([count], from: one) == document.bytes, "not restored, \(context)")
            try hold(try removing([count, count + 1], from: two) == document.bytes, "two not restored, \(context)")
        }
    }

    private func adding(
        _ literals: [HuJSONLiteral], to container: HuJSONValue
    ) throws -> (document: HuJSONDocument, container: HuJSONValue) {
        var names = ["added", "added too"]
        while document.members(of: container).contains(where: { names.contains(document.name(of: $0)) }) {
            names = names.map { $0 + "!" }
        }
        let members = zip(names, literals).map { HuJSONNewMember($0, $1) }
        let edited = try document.edited([
            container.kind == .array ? .array(container, appending: literals) : .object(container, appending: members)
        ])
        let longer = try HuJSONDocument(edited.bytes)
        guard let found = Self.value(at: edited.splices[0].new, in: longer) else {
            throw Broken(description: "not found again")
        }
        return (longer, found)
    }

    private func removing(
        _ positions: Set<Int>, from longer: (document: HuJSONDocument, container: HuJSONValue)
    ) throws -> [UInt8] {
        let container = longer.container
        return try longer.document.edited([
            container.kind == .array ? .array(container, removing: positions) : .object(container, removing: positions)
        ]).bytes
    }

    private static func value(at range: Range<Int>, in document: HuJSONDocument) -> HuJSONValue? {
        var value = document.root
        while value.range != range {
            let inside = document.members(of: value).map(\.value) + document.elements(of: value)
            guard let next = inside.first(where: { $0.range.encloses(range) }) else { return nil }
            value = next
        }
        return value
    }
}
