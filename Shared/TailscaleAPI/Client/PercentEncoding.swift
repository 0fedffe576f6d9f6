extension String {
    /// The text as one segment of a URL's path, or as a value in its query. A segment of dots only would climb the path, so
    /// its dots are escaped.
    var asPathSegment: String { percentEncoded(keeping: allSatisfy { $0 == "." } ? "-_~" : "-_~.") }

    /// As the value of a field of a form (`application/x-www-form-urlencoded`).
    var asFormValue: String {
        split(separator: " ", omittingEmptySubsequences: false).map { $0.percentEncoded(keeping: "-_.") }
            .joined(separator: "+")
    }
}

extension StringProtocol {
    /// - Parameter marks: what stays besides ASCII letters and digits.
    fileprivate func percentEncoded(keeping marks: String) -> String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where marks.utf8.contains(byte):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
