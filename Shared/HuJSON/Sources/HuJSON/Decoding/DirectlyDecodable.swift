/// What is decoded from the text itself and not by the type's own initialiser.
protocol DirectlyDecodable: Decodable {
    init(decoding decoder: ValueDecoder) throws
}

extension Bool: DirectlyDecodable {
    init(decoding decoder: ValueDecoder) throws {
        switch decoder.kind {
        case .true: self = true
        case .false: self = false
        default: throw decoder.mismatch(Bool.self)
        }
    }
}

extension String: DirectlyDecodable {
    init(decoding decoder: ValueDecoder) throws {
        guard decoder.kind == .string else { throw decoder.mismatch(String.self) }
        self = decoder.text.string(of: decoder.entry)
    }
}

extension Dictionary: DirectlyDecodable where Key == String, Value: Decodable {
    init(decoding decoder: ValueDecoder) throws {
        let members = try decoder.memberNames(isMap: true).members
        self.init(minimumCapacity: members.count)
        for member in members {
            let value = try decoder.decoder(of: member.value, at: DecodingStep(stringValue: member.name))
            self[member.name] = try value.decode(Value.self)
        }
    }
}

extension DirectlyDecodable where Self: FixedWidthInteger {
    init(decoding decoder: ValueDecoder) throws {
        self = try decoder.number { (literal) throws(NumberLiteral.Failure) in try literal.integer(Self.self) }
    }
}

extension DirectlyDecodable where Self: BinaryFloatingPoint & LosslessStringConvertible {
    init(decoding decoder: ValueDecoder) throws {
        self = try decoder.number { (literal) throws(NumberLiteral.Failure) in try literal.floatingPoint(Self.self) }
    }
}

extension Int: DirectlyDecodable {}
extension Int8: DirectlyDecodable {}
extension Int16: DirectlyDecodable {}
extension Int32: DirectlyDecodable {}
extension Int64: DirectlyDecodable {}
extension Int128: DirectlyDecodable {}
extension UInt: DirectlyDecodable {}
extension UInt8: DirectlyDecodable {}
extension UInt16: DirectlyDecodable {}
extension UInt32: DirectlyDecodable {}
extension UInt64: DirectlyDecodable {}
extension UInt128: DirectlyDecodable {}
extension Double: DirectlyDecodable {}
extension Float: DirectlyDecodable {}

extension ValueDecoder {
    fileprivate func number<N>(_ read: (NumberLiteral) throws(NumberLiteral.Failure) -> N) throws -> N {
        guard kind == .number else { throw mismatch(N.self) }
        do throws(NumberLiteral.Failure) {
            return try read(NumberLiteral(text: text.document.bytes(in: text.range(of: entry))))
        } catch {
            switch error {
            case .notWhole: throw DecodingError.dataCorrupted(context("this number is not a whole one"))
            case .outOfRange: throw DecodingError.dataCorrupted(context("this number does not fit into \(N.self)"))
            }
        }
    }
}
