import CLibFuzzer
import SymConfiguration
import SymMessages

/// Parses and evaluates: up to a NUL the expression, then the request's reason.
@main
struct FuzzWhen {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            let bytes = UnsafeBufferPointer(start: data, count: size)
            let expression = bytes.prefix { $0 != 0 }
            FuzzWhen.evaluate(
                String(decoding: expression, as: UTF8.self),
                reason: String(decoding: bytes.dropFirst(expression.count + 1), as: UTF8.self))
            return 0
        }
    }

    static func evaluate(_ text: String, reason: String) {
        let condition: Condition
        do {
            condition = try Condition(parsing: text, in: scope)
        } catch {
            precondition(!error.message.isEmpty && (1...(text.count + 1)).contains(error.column), "\(error)")
            return
        }
        precondition(condition.groups.isSubset(of: scope.groups))
        guard let name = ResourceName(rawValue: "ssh"), let ana = PersonID(rawValue: "ana@example.com") else { return }
        let sparse = ConditionFacts(
            requester: ana, source: .kafka, target: nil, duration: nil, reason: nil, flow: name, flowLabel: "",
            time: Timestamp(milliseconds: .max))
        let full = ConditionFacts(
            requester: ana, bot: BotName(rawValue: "ci"), source: .api, target: name, duration: Seconds(1_800),
            reason: reason,
            fields: [
                "text": .text(reason), "env": .text("prod"), "number": .integer(3), "flag": .flag(true),
                "span": .integer(60), "person": .text("ANA@example.com"), "people": .texts(["ben@example.com"]),
                "texts": .texts([reason, "a"]), "numbers": .integers([1, -2]),
            ], flow: name, flowLabel: "SSH", environment: name, vars: ["team": "net"],
            time: Timestamp(milliseconds: 1_767_600_000_000), groups: ["sre": [ana], "staff": []])
        for facts in [sparse, full] {
            let verdicts = (0..<2).map { _ in Result { try condition.evaluate(facts) } }
            switch (verdicts[0], verdicts[1]) {
            case (.success(let first), .success(let second)): precondition(first == second)
            case (.failure(let error), .failure): precondition(!"\(error)".isEmpty)
            default: preconditionFailure("two evaluations differ")
            }
        }
    }

    static let scope = ConditionScope(
        groups: ["sre", "staff"],
        fields: [
            "text": .text(allowed: []), "env": .text(allowed: ["prod", "test"]), "number": .integer(allowed: []),
            "flag": .flag, "span": .duration(allowed: []), "person": .person, "people": .people,
            "texts": .texts(allowed: []), "numbers": .integers(allowed: []),
        ], vars: ["team"])
}
