/// A number as JSON spells it.
struct NumberLiteral {
    enum Failure: Error {
        case notWhole, outOfRange
    }

    /// The spelling, which has been checked.
    let text: ArraySlice<UInt8>

    /// The value as an integer, if it is one: `1.0`, `10e-1` and `1e3` are, `1.5` is not. Nothing is rounded on the way.
    func integer<I: FixedWidthInteger>(_ type: I.Type = I.self) throws(Failure) -> I {
        let isNegative = text.first == UInt8(ascii: "-")
        let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        let digits = mantissa.filter(Byte.isDigit).drop { $0 == UInt8(ascii: "0") }
        let zeros = digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        let significant = digits.dropLast(zeros)
        guard !significant.isEmpty else { return 0 }
        let decimals = max(0, mantissa.endIndex - point - 1)
        let exponent = exponent(behind: mantissa.endIndex) - decimals + zeros
        guard exponent >= 0 else { throw .notWhole }
        // No integer type holds more bits than this has digits.
        guard exponent <= I.bitWidth else { throw .outOfRange }

        var value: I = 0
        for digit in significant { value = try value.appending(digit - UInt8(ascii: "0"), isNegative) }
        for _ in 0..<exponent { value = try value.appending(0, isNegative) }
        return value
    }

    /// The value as the nearest number of a binary type; refused if that would be infinite.
    func floatingPoint<F: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: F.Type = F.self
    ) throws(Failure) -> F {
        guard let value = F(String(decoding: text, as: UTF8.self)), value.isFinite else { throw .outOfRange }
        return value
    }

    /// A number with an exponent beyond these bounds is zero, or no text could hold the digits that make it ordinary.
    private func exponent(behind mantissaEnd: Int) -> Int {
        let bound = 1 << 40
        var value = 0
        for digit in text[mantissaEnd...] where Byte.isDigit(digit) {
            value = min(value * 10 + Int(digit - UInt8(ascii: "0")), bound)
        }
        return text[mantissaEnd...].dropFirst().first == UInt8(ascii: "-") ? -value : value
    }
}

extension FixedWidthInteger {
    fileprivate func appending(_ digit: UInt8, _ isNegative: Bool) throws(NumberLiteral.Failure) -> Self {
        let (shifted, tooLarge) = multipliedReportingOverflow(by: 10)
        let (value, overflow) =
            isNegative
            ? shifted.subtractingReportingOverflow(Self(digit)) : shifted.addingReportingOverflow(Self(digit))
        guard !tooLarge, !overflow else { throw .outOfRange }
        return value
    }
}
