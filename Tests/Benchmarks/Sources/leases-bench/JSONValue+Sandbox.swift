import SymMessages

/// What the simulated tailnet, of which this is a copy by link, has from the sandbox.
extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
