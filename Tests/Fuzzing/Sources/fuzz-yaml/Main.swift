import CLibFuzzer
import SymConfiguration

/// Reads whatever comes as a configuration and as a directory file: neither may crash or take long.
@main
struct FuzzYAML {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            FuzzYAML.read(String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self))
            return 0
        }
    }

    static func read(_ text: String) {
        do {
            let configuration = try Configuration.parse(yaml: text)
            let resources = try ConfigurationSource(yaml: text).resources
            let again = try Configuration(resources: resources)
            precondition(again == configuration, "read from its record it is another")
        } catch {
            precondition(!"\(error)".isEmpty, "an error says something")
        }
        _ = try? Directory.File(yaml: text)
    }
}
