import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Random configurations")
struct RandomConfigurationTests {
    @Test("made from the table, they are read without problems, and again from YAML and from a record")
    func valid() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomConfiguration(random: SeededGenerator(seed: seed))
        for round in 0..<150 {
            let resources = random.next()
            do {
                let checked = try Configuration.check(resources: resources)
                let yaml = checked.source.yaml
                let again = try Configuration.check(yaml: yaml)
                #expect(again.source.resources == resources, "seed \(seed), round \(round)\n\(yaml)")
                #expect(again.configuration == checked.configuration, "seed \(seed), round \(round)\n\(yaml)")
                #expect(again.warnings.map(\.message).sorted() == checked.warnings.map(\.message).sorted())
                #expect(again.warnings.allSatisfy { $0.line != nil }, "seed \(seed), round \(round)")
            } catch {
                Issue.record(
                    "seed \(seed), round \(round)\n\(error)\n\(ConfigurationSource(resources: resources).yaml)")
            }
        }
    }

    @Test("changed anywhere, they are read or refused with a place, and never do harm")
    func changed() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var configurations = RandomConfiguration(random: random)
        var count = 0
        for round in 0..<400 {
            var resources = configurations.next()
            for _ in 0..<Int.random(in: 1...3, using: &random) { resources = Self.change(resources, &random) }
            do {
                let checked = try Configuration.check(resources: resources)
                let again = try Configuration.check(yaml: checked.source.yaml)
                #expect(again.configuration == checked.configuration, "seed \(seed), round \(round)")
            } catch {
                count += 1
                #expect(error.problems.allSatisfy { !$0.message.isEmpty }, "seed \(seed), round \(round)")
                #expect(Set(error.problems).count == error.problems.count, "seed \(seed), round \(round): \(error)")
            }
        }
        #expect(count > 0)
    }

    private static func change(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        if Int.random(in: 0..<8, using: &random) == 0 {
            return [
                .null, .bool(true), .integer(-1), .string(""), .string("x"), .array([]), .array([.null]), .object([:]),
                .object(["name": .string("x")]), .array([.string("a"), .string("a")]),
            ].randomElement(using: &random) ?? .null
        }
        switch value {
        case .object(var members):
            guard let key = members.keys.sorted().randomElement(using: &random) else { return value }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: members[key] = nil
            case 1: members["\(key)x"] = members[key]
            default: members[key] = members[key].map { change($0, &random) }
            }
            return .object(members)
        case .array(var elements):
            guard let index = elements.indices.randomElement(using: &random) else { return value }
            if Bool.random(using: &random) {
                elements[index] = change(elements[index], &random)
            } else {
                elements.append(elements[index])
            }
            return .array(elements)
        case .null, .bool, .integer, .string: return .string("changed")
        }
    }
}
