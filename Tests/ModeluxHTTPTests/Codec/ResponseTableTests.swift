import NIOCore
import Testing

@testable import ModeluxHTTP

struct ResponseTableTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ["200"], "ok"),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ["200"], ""),
        ("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na", ["200"], "a"), ("HTTP/1.1 204 No\r\n\r\n", ["204"], ""),
        ("HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n", ["304"], ""),
        ("HTTP/1.0 200 OK\r\n\r\nall of it", ["200"], "all of it"),
        ("HTTP/1.1 200 OK\r\n\r\nto the end", ["200"], "to the end"),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\na: b\r\n\r\nHTTP/1.1 201 C\r\ncontent-length: 1\r\n\r\nx",
            ["100", "103", "201"], "x"
        ),
        ("HTTP/1.1 500 \u{e9}\r\ntransfer-encoding: chunked\r\n\r\n2;x=1\r\nab\r\n0\r\nt: 1\r\n\r\n", ["500"], "ab"),
    ])
    func `a well-formed response is taken apart`(text: String, statuses: [String], body: String) {
        for outcome in [Outcome.response(text), Outcome.response(text.utf8.map { ByteBuffer(bytes: [$0]) })] {
            #expect(outcome.end == .open)
            #expect(outcome.messages.map(\.start) == statuses)
            #expect(outcome.messages.last?.body == ByteBuffer(string: body))
            #expect(outcome.messages.last?.isComplete == true)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 200 O\u{1}\r\n\r\n", "HTTP/1.1 200 OK\r\n a: b\r\n\r\n", "HTTP/1.1 200 OK\r\na : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "<html>\r\n\r\n", "\u{16}\u{3}\u{1}\n",
    ])
    func `a response that is not quite HTTP is refused`(text: String) {
        let outcome = Outcome.response(text)
        #expect(outcome.messages.isEmpty)
        #expect(outcome.end != .open)
        #expect(Outcome.response(text.utf8.map { ByteBuffer(bytes: [$0]) }) == outcome)
    }

    @Test(arguments: [
        "G\r\n", "-1\r\n", "+1\r\na\r\n", "0x1\r\na\r\n", "1 \r\na\r\n", " 1\r\na\r\n", "1\na\r\n", "\r\n", ";a\r\n",
        "1;\r\na\r\n",
        "1;a=\r\na\r\n", "1; a\r\na\r\n", "1;a=\"b\r\na\r\n", "1;a=\"\u{1}\"\r\na\r\n", "1;\u{0}\r\na\r\n",
        "10000000000000000\r\n",
        "ffffffffffffffff\r\n", "1\r\nab\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n", "1\r\na\r0\r\n\r\n", "0\n\r\n", "0\r\n\n",
        "0\r\na\r\n\r\n",
        "0\r\n a: b\r\n\r\n", "0\r\nContent-Length: 1\r\n\r\n", "0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "0\r\nHost: x\r\n\r\n",
        "1;" + String(repeating: "a", count: 2_000), "0\r\n" + String(repeating: "a: b\r\n", count: 65) + "\r\n",
        "0\r\na: " + String(repeating: "b", count: 17_000),
        String(repeating: "1;" + String(repeating: "e", count: 1_000) + "\r\na\r\n", count: 17),
    ])
    func `a chunked body that is not quite one is refused`(chunks: String) {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
        let outcome = Outcome.response(text)
        #expect(outcome.messages.first?.isComplete == false)
        #expect(outcome.end == .refused(400))
        #expect(Outcome.response(text.utf8.map { ByteBuffer(bytes: [$0]) }) == outcome)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r",
    ])
    func `a body that stops early is not complete`(text: String) {
        let outcome = Outcome.response(text)
        #expect(outcome.messages.first?.isComplete == false)
        #expect(outcome.end == .open)
    }

    @Test
    func `the answer to HEAD has no body whatever it says`() {
        let pieces = [ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")]
        #expect(Outcome.response(pieces, isHead: true).messages.first?.isComplete == true)
    }
}
