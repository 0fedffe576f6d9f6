import CLibFuzzer
import HuJSONChecks
import PolicyChecks

/// Reads up to a NUL a text, edits it as the bytes behind the NUL say, and applies changes of membership to it: what must
/// hold for every text and every edit is in the modules of checks, which the tests use, too.
@main
struct FuzzHuJSON {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            let bytes = UnsafeBufferPointer(start: data, count: size)
            let text = bytes.prefix { $0 != 0 }
            FuzzHuJSON.check(Array(text), Choices(bytes.dropFirst(text.count + 1)))
            return 0
        }
    }

    static func check(_ text: [UInt8], _ choices: Choices) {
        do {
            try HuJSONChecks.check(text, choices)
            var choices = choices
            try PolicyChecks.check(text, &choices)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
