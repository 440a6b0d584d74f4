import NIOCore
import Testing

@testable import ModeluxWire

struct JSONEditTests {
    @Test func `without edits it is the same buffer`() {
        let body = ByteBuffer(string: "abc")
        #expect(JSONEdit.apply([], to: body) == body)
    }

    @Test func `edits apply in any order and from the reader index`() {
        var body = ByteBuffer(string: "xx0123456789")
        body.moveReaderIndex(forwardBy: 2)
        let edits: [JSONEdit] = [
            .insert("Z", at: 10), .remove(2..<4), .replace(0..<1, with: "AB"), .replace(5..<6, withString: "\""),
        ]
        #expect(String(buffer: JSONEdit.apply(edits, to: body)) == #"AB14"\""6789Z"#)
    }

    @Test(arguments: [[JSONEdit.remove(1..<3), .remove(2..<4)], [.remove(1..<3), .remove(2..<99)], [.remove(1..<3)]])
    func `an edit that overlaps or lies outside is left out`(edits: [JSONEdit]) {
        #expect(String(buffer: JSONEdit.apply(edits, to: ByteBuffer(string: "01234"))) == "034")
    }
}
