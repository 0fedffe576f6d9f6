import HuJSON

/// A policy file as other readers take it.
enum PlainJSON {
    static func make(from text: [UInt8]) throws -> [UInt8] {
        let document = try HuJSONDocument(text)
        var json: [UInt8] = []
        write(document.root, of: document, to: &json)
        return json
    }

    private static func write(_ value: HuJSONValue, of document: HuJSONDocument, to json: inout [UInt8]) {
        switch value.kind {
        case .object:
            json.append(UInt8(ascii: "{"))
            for (index, member) in document.members(of: value).enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                json += document.bytes(in: member.nameRange)
                json.append(UInt8(ascii: ":"))
                write(member.value, of: document, to: &json)
            }
            json.append(UInt8(ascii: "}"))
        case .array:
            json.append(UInt8(ascii: "["))
            for (index, element) in document.elements(of: value).enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                write(element, of: document, to: &json)
            }
            json.append(UInt8(ascii: "]"))
        default: json += document.bytes(in: value.range)
        }
    }
}
