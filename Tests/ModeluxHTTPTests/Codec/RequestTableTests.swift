import NIOCore
import Testing

@testable import ModeluxHTTP

struct RequestTableTests {
    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / 1.1", ""),
        ("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / 1.1", ""),
        ("GET / HTTP/1.0\r\n\r\n", "GET / 1.0", ""),
        ("POST /a?b=%20 HTTP/1.1\r\nhOsT:h\r\nCONTENT-LENGTH:3\r\n\r\nabc", "POST /a?b=%20 1.1", "abc"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 000\r\n\r\n", "POST / 1.1", ""),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "POST / 1.1", "abc"),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b\\\"\"\r\na\r\n00A;x\r\n0123456789\r\n0\r\nx: y\r\n\r\n",
            "POST / 1.1", "a0123456789"
        ),
        ("GET /v1/x?include[]=a HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET /v1/x?include[]=a 1.1", ""),
        ("OPTIONS /x HTTP/1.1\r\nHost: h\r\nX:\r\nY: \t a\tb \t\r\n\r\n", "OPTIONS /x 1.1", ""),
    ])
    func `a well-formed request is taken apart`(text: String, start: String, body: String) {
        for outcome in [Outcome.requests(text), Outcome.requests(text.utf8.map { ByteBuffer(bytes: [$0]) })] {
            #expect(outcome.end == .open)
            #expect(outcome.messages.map(\.start) == [start])
            #expect(outcome.messages.first?.body == ByteBuffer(string: body))
            #expect(outcome.messages.first?.isComplete == true)
        }
    }

    @Test(arguments: [
        ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET /\r\n\r\n", 400), ("GET\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\n\r\n", 400),
        ("GET / HTTP/1.1\rX\r\nHost: h\r\n\r\n", 400), ("G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET / http/1.1\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/11\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505), ("GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505),
        ("GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505), ("PRI * HTTP/2.0\r\n\r\n", 400),
        ("get / HTTP/1.1\r\nHost: h\r\n\r\n", 501), ("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501),
        ("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 405), ("CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n", 405),
        ("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET /#a HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET /%4 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET /\"a HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET /a\\b HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET /\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h/x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n", 417),
        ("GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: \u{7f}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: 12345678\u{1}2345678\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400),
    ])
    func `a request that is not quite HTTP is refused`(text: String, status: Int) {
        #expect(Outcome.requests(text) == Outcome(messages: [], end: .refused(status)))
        #expect(Outcome.requests(text.utf8.map { ByteBuffer(bytes: [$0]) }).end == .refused(status))
    }

    @Test(arguments: [
        // One long field, complete and not.
        ("x: " + String(repeating: "a", count: 80_000) + "\r\n\r\n", false),
        ("x: " + String(repeating: "a", count: 80_000), false),
        ("x: " + String(repeating: "a", count: 65_000) + "\r\n\r\n", true),
        // Many fields; the host is one of the 200.
        (String(repeating: "a:b\r\n", count: 10_000), false), (String(repeating: "a:b\r\n", count: 199) + "\r\n", true),
        (String(repeating: "a:b\r\n", count: 200) + "\r\n", false),
        // Two megabytes of fields.
        (String(repeating: "a:" + String(repeating: "b", count: 20_000) + "\r\n", count: 100) + "\r\n", false),
        // A name longer than any real one.
        (String(repeating: "a", count: 1_025) + ":b\r\n\r\n", false),
    ])
    func `the size and number of fields are limited`(fields: String, isAccepted: Bool) {
        let text = "GET / HTTP/1.1\r\nHost: h\r\n" + fields
        let outcome = Outcome.requests(text.pieces(of: 5_000).map(ByteBuffer.init(string:)))
        #expect(outcome.messages.count == (isAccepted ? 1 : 0))
        #expect(outcome.end == (isAccepted ? .open : .refused(431)))
    }

    @Test
    func `an endless line is refused when it passes the limit and not searched again for every byte`() {
        var machine = RequestMachine(limits: .standard)
        machine.feed(ByteBuffer(string: "GET /"))
        for _ in 0..<66_000 { machine.feed(ByteBuffer(bytes: [0x61])) }
        #expect(machine.outcome.end == .refused(431))
    }

    @Test
    func `a head gives its parts`() {
        var buffer = ByteBuffer(string: "GET /a/b?c=d?e HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n\r\n")
        var reader = RequestReader(limits: .standard)
        let head = try? reader.read(from: &buffer)
        #expect(head?.path == "/a/b")
        #expect(head?.query == "c=d?e")
        #expect(head?.target == "/a/b?c=d?e")
        #expect(head?.hasPath("/a/b") == true)
        #expect(head?.hasPath("/a/c") == false)
        #expect(head?.headers.values("x-A") == ["1", "2"])
        #expect(head?.headers.first("HOST") == "h")
        #expect(head?.headers.count == 3)
        #expect(RequestHead(method: "GET", target: "/x?y").path == "/x")
        #expect(RequestHead(method: "GET", target: "/x").query == nil)
    }
}

extension String {
    /// Cuts the text into pieces of that many bytes.
    func pieces(of size: Int) -> [String] {
        stride(from: 0, to: utf8.count, by: size).map { start in
            String(decoding: Array(utf8.dropFirst(start).prefix(size)), as: UTF8.self)
        }
    }
}
