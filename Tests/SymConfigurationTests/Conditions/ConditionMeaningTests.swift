import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Conditions mean what a naive evaluator says")
struct ConditionMeaningTests {
    @Test("random expressions, written with few and with all parentheses")
    func random() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var outcomes: [String: Int] = [:]
        for _ in 0..<4_000 {
            let model = ConditionModel.random(depth: Int.random(in: 0...4, using: &random), &random)
            let world = ConditionModel.World.random(&random)
            let expected = model.outcome(in: world)
            for text in [model.written(&random), model.writtenInFull] where text.utf8.count <= 2_000 {
                let condition = try Condition(parsing: text, in: ConditionSample.scope)
                let outcome: String
                do {
                    outcome = "\(try condition.evaluate(world.facts).holds)"
                } catch {
                    outcome = String(error.message.prefix { $0 != " " })
                }
                #expect(outcome == expected, "seed \(seed): \(text)")
            }
            outcomes[["true", "false"].contains(expected) ? expected : "missing", default: 0] += 1
        }
        #expect(outcomes.count == 3 && outcomes.values.allSatisfy { $0 > 200 }, "seed \(seed): \(outcomes)")
    }
}

/// An expression as the tests understand it.
private indirect enum ConditionModel {
    case constant(Bool)
    case urgent
    case has(String)
    case not(ConditionModel)
    case and(ConditionModel, ConditionModel)
    case or(ConditionModel, ConditionModel)
    case same(ConditionModel, Bool, ConditionModel)
    case compare(Number, String, Number)
    case span(String, Int64)
    case equal(Text, Bool, Text)
    case within(Text, [String])
    case member
    case tagged(Text)
    case part(Text, String, Text)

    enum Number {
        case written(Int64)
        case count
        case size(Text)
    }

    enum Text {
        case written(String)
        case fact(String)
    }

    /// What one request says; what is absent is missing.
    struct World {
        var texts: [String: String]
        var urgent: Bool?
        var count: Int64?
        var duration: Int64?
        var tags: [String]?
        var sre: Set<String>?

        static func random(_ random: inout SeededGenerator) -> World {
            func maybe<T>(_ value: T) -> T? { Int.random(in: 0..<4, using: &random) > 0 ? value : nil }
            var texts = ["flow.name": "ssh"]
            texts["request.reason"] = maybe(ConditionModel.word(&random))
            texts["request.fields.ticket"] = maybe(ConditionModel.word(&random))
            texts["request.target"] = maybe("prod")
            return World(
                texts: texts, urgent: maybe(Bool.random(using: &random)),
                count: maybe(Int64.random(in: 0...3, using: &random)),
                duration: maybe(Int64.random(in: 1...4, using: &random) * 60), tags: maybe(["a", "ab"]),
                sre: maybe(Bool.random(using: &random) ? ["ana@example.com"] : []))
        }

        var facts: ConditionFacts {
            var facts = ConditionSample.bare
            facts.reason = texts["request.reason"]
            facts.target = texts["request.target"].flatMap(ResourceName.init)
            facts.duration = duration.map { Seconds($0) }
            facts.fields["ticket"] = texts["request.fields.ticket"].map { .text($0) }
            facts.fields["urgent"] = urgent.map { .flag($0) }
            facts.fields["count"] = count.map { .integer($0) }
            facts.fields["tags"] = tags.map { .texts($0) }
            facts.groups["sre"] = sre.map { Set($0.map(Fixtures.person)) }
            return facts
        }

        func has(_ fact: String) -> Bool {
            switch fact {
            case "request.fields.urgent": urgent != nil
            case "request.fields.count": count != nil
            case "request.duration": duration != nil
            default: texts[fact] != nil
            }
        }
    }

    static func word(_ random: inout SeededGenerator) -> String {
        ["", "a", "ab", "b", "prod", "a\"b", "a'b\\", "ssh"].randomElement(using: &random) ?? ""
    }

    private static func text(_ random: inout SeededGenerator) -> Text {
        if Bool.random(using: &random) { return .written(word(&random)) }
        let facts = ["request.reason", "request.fields.ticket", "request.target", "flow.name"]
        return .fact(facts.randomElement(using: &random) ?? "flow.name")
    }

    private static func number(_ random: inout SeededGenerator) -> Number {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .written(Int64.random(in: -1...3, using: &random))
        case 1: .count
        default: .size(text(&random))
        }
    }

    static func random(depth: Int, _ random: inout SeededGenerator) -> ConditionModel {
        if depth > 0 {
            let a = Self.random(depth: depth - 1, &random)
            let b = Self.random(depth: depth - 1, &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return .not(a)
            case 1: return .and(a, b)
            case 2: return .or(a, b)
            default: return .same(a, Bool.random(using: &random), b)
            }
        }
        let orders = ["==", "!=", "<", "<=", ">", ">="]
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .constant(Bool.random(using: &random))
        case 1: return .urgent
        case 2:
            let facts = [
                "request.reason", "request.fields.urgent", "request.fields.count", "request.duration", "request.target",
            ]
            return .has(facts.randomElement(using: &random) ?? "request.reason")
        case 3: return .compare(number(&random), orders.randomElement(using: &random) ?? "==", number(&random))
        case 4: return .span(orders.randomElement(using: &random) ?? "==", Int64.random(in: 1...4, using: &random))
        case 5: return .equal(text(&random), Bool.random(using: &random), text(&random))
        case 6: return .within(text(&random), (0...Int.random(in: 0...2, using: &random)).map { _ in word(&random) })
        case 7: return .member
        case 8: return .tagged(text(&random))
        default: return .part(text(&random), Bool.random(using: &random) ? "startsWith" : "endsWith", text(&random))
        }
    }

    // MARK: - Its meaning

    private struct Missing: Error {
        var name: String
    }

    /// `true`, `false`, or the name of what is missing.
    func outcome(in world: World) -> String {
        do {
            return "\(try holds(in: world))"
        } catch {
            return (error as? Missing)?.name ?? "?"
        }
    }

    private func holds(in world: World) throws -> Bool {
        func text(_ text: Text) throws -> String {
            switch text {
            case .written(let value): return value
            case .fact(let name):
                guard let value = world.texts[name] else { throw Missing(name: name) }
                return value
            }
        }
        func number(_ number: Number) throws -> Int64 {
            switch number {
            case .written(let value): return value
            case .count:
                guard let count = world.count else { throw Missing(name: "request.fields.count") }
                return count
            case .size(let part): return Int64(try text(part).count)
            }
        }
        func compare(_ a: Int64, _ order: String, _ b: Int64) -> Bool {
            switch order {
            case "==": a == b
            case "!=": !(a == b)
            case "<": a < b
            case "<=": !(b < a)
            case ">": b < a
            default: !(a < b)
            }
        }
        switch self {
        case .constant(let value): return value
        case .urgent:
            guard let urgent = world.urgent else { throw Missing(name: "request.fields.urgent") }
            return urgent
        case .has(let fact): return world.has(fact)
        case .not(let inner): return try !inner.holds(in: world)
        case .and(let a, let b): return try a.holds(in: world) ? try b.holds(in: world) : false
        case .or(let a, let b): return try a.holds(in: world) ? true : try b.holds(in: world)
        case .same(let a, let equal, let b):
            let first = try a.holds(in: world)
            let second = try b.holds(in: world)
            return (first == second) == equal
        case .compare(let a, let order, let b):
            let first = try number(a)
            return compare(first, order, try number(b))
        case .span(let order, let minutes):
            guard let duration = world.duration else { throw Missing(name: "request.duration") }
            return compare(duration, order, minutes * 60)
        case .equal(let a, let equal, let b):
            let first = try text(a)
            return (first == (try text(b))) == equal
        case .within(let a, let list): return list.contains(try text(a))
        case .member:
            guard let sre = world.sre else { throw Missing(name: "members(\"sre\")") }
            return sre.contains("ana@example.com")
        case .tagged(let a):
            let first = try text(a)
            guard let tags = world.tags else { throw Missing(name: "request.fields.tags") }
            return tags.contains(first)
        case .part(let a, let method, let b):
            let first = try text(a)
            let second = try text(b)
            return method == "startsWith" ? first.hasPrefix(second) : first.hasSuffix(second)
        }
    }

    // MARK: - Its text

    /// With parentheses around everything.
    var writtenInFull: String {
        switch self {
        case .not(let inner): "(!\(inner.writtenInFull))"
        case .and(let a, let b): "(\(a.writtenInFull)&&\(b.writtenInFull))"
        case .or(let a, let b): "(\(a.writtenInFull)||\(b.writtenInFull))"
        case .same(let a, let equal, let b): "(\(a.writtenInFull)\(equal ? "==" : "!=")\(b.writtenInFull))"
        default: "(\(atom(quote: "\"")))"
        }
    }

    /// With parentheses only where the precedence asks for them, and spaces of all kinds.
    func written(_ random: inout SeededGenerator) -> String {
        let space = { (random: inout SeededGenerator) in ["", " ", "\n\t ", "\r\n"].randomElement(using: &random) ?? ""
        }
        func inside(_ model: ConditionModel, above level: Int, _ random: inout SeededGenerator) -> String {
            let text = model.written(&random)
            return model.level > level ? text : "(\(space(&random))\(text)\(space(&random)))"
        }
        switch self {
        case .not(let inner): return "!\(space(&random))\(inside(inner, above: 3, &random))"
        case .and(let a, let b):
            return inside(a, above: 1, &random) + space(&random) + "&&" + space(&random) + inside(b, above: 2, &random)
        case .or(let a, let b):
            return inside(a, above: 0, &random) + space(&random) + "||" + space(&random) + inside(b, above: 1, &random)
        case .same(let a, let equal, let b):
            let sign = equal ? "==" : "!="
            return inside(a, above: 3, &random) + space(&random) + sign + space(&random) + inside(b, above: 3, &random)
        default: return atom(quote: Bool.random(using: &random) ? "\"" : "'")
        }
    }

    /// How tightly it holds together: `||` 1, `&&` 2, comparisons 3, `!` 4, the rest 5.
    private var level: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .same, .compare, .span, .equal, .within, .member, .tagged: 3
        case .not: 4
        case .constant, .urgent, .has, .part: 5
        }
    }

    private func atom(quote: String) -> String {
        func quoted(_ text: String) -> String {
            quote + text.replacing("\\", with: "\\\\").replacing(quote, with: "\\" + quote) + quote
        }
        func text(_ text: Text) -> String {
            switch text {
            case .written(let value): quoted(value)
            case .fact(let name): name
            }
        }
        func number(_ number: Number) -> String {
            switch number {
            case .written(let value): "\(value)"
            case .count: "request.fields.count"
            case .size(let part): "size(\(text(part)))"
            }
        }
        return switch self {
        case .constant(let value): "\(value)"
        case .urgent: "request.fields.urgent"
        case .has(let fact): "has(\(fact))"
        case .compare(let a, let order, let b): "\(number(a)) \(order) \(number(b))"
        case .span(let order, let minutes): "request.duration\(order)duration(\(quoted("\(minutes)m")))"
        case .equal(let a, let equal, let b): "\(text(a))\(equal ? "==" : "!=")\(text(b))"
        case .within(let a, let list): "\(text(a)) in [\(list.map(quoted).joined(separator: ","))]"
        case .member: "request.requester in members(\(quoted("sre")))"
        case .tagged(let a): "\(text(a)) in request.fields.tags"
        case .part(let a, let method, let b): "\(text(a)).\(method)(\(text(b)))"
        case .not, .and, .or, .same: ""
        }
    }
}
