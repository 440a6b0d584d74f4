import NIOCore
import Testing

@testable import ModeluxHTTP

/// Each row ends in a refusal and a closed connection, and the handler sees at most the request in front: never a
/// second one that was hidden in the first.
@Suite(.timeLimit(.minutes(5)))
struct SmugglingTests {
    /// A request that must never be seen by a handler.
    private static let hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"

    private static func post(_ fields: String, _ body: String = "0\r\n\r\n" + hidden) -> String {
        "POST /seen HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\(body)"
    }

    private static func chunked(_ body: String) -> String {
        post("Transfer-Encoding: chunked\r\n", body)
    }

    static let rows: [(name: String, bytes: String, status: Int)] = [
        ("CL.TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400),
        ("TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400),
        ("CL 0 and TE", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400),
        ("two CL", post("Content-Length: 5\r\nContent-Length: 0\r\n"), 400),
        ("two equal CL", post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400),
        ("CL list", post("Content-Length: 5, 5\r\n"), 400),
        ("CL with plus", post("Content-Length: +5\r\n"), 400),
        ("CL negative", post("Content-Length: -5\r\n"), 400),
        ("CL hexadecimal", post("Content-Length: 0x5\r\n"), 400),
        ("CL with inner space", post("Content-Length: 5 0\r\n"), 400),
        ("CL with tab", post("Content-Length:\t5\r\n"), 400),
        ("CL empty", post("Content-Length:\r\n"), 400),
        ("CL with comma", post("Content-Length: 5,\r\n"), 400),
        ("CL with fraction", post("Content-Length: 5.0\r\n"), 400),
        ("CL past 64 bits", post("Content-Length: 18446744073709551621\r\n"), 400),
        ("CL with letter", post("Content-Length: 5a\r\n"), 400),
        ("CL with quotes", post("Content-Length: \"5\"\r\n"), 400),
        ("space before colon of CL", post("Content-Length : 5\r\n"), 400),
        ("tab before colon of TE", post("Transfer-Encoding\t: chunked\r\n"), 400),
        ("VT before colon of TE", post("Transfer-Encoding\u{b}: chunked\r\n"), 400),
        ("NUL in the name of TE", post("Transfer-Encoding\u{0}: chunked\r\n"), 400),
        ("space before TE", post(" Transfer-Encoding: chunked\r\n"), 400),
        ("folded TE", post("Transfer-Encoding:\r\n chunked\r\n"), 400),
        ("folded CL", post("X: a\r\n Content-Length: 5\r\n"), 400),
        ("TE xchunked", post("Transfer-Encoding: xchunked\r\n"), 400),
        ("TE chunked, identity", post("Transfer-Encoding: chunked, identity\r\n"), 400),
        ("TE identity", post("Transfer-Encoding: identity\r\n"), 400),
        ("TE identity, chunked", post("Transfer-Encoding: identity, chunked\r\n"), 501),
        ("TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 501),
        ("TE chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400),
        ("TE chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n"), 400),
        ("TE chunked and identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), 400),
        ("TE in quotes", post("Transfer-Encoding: \"chunked\"\r\n"), 400),
        ("TE with parameter", post("Transfer-Encoding: chunked;q=1\r\n"), 400),
        ("TE with VT", post("Transfer-Encoding: \u{b}chunked\r\n"), 400),
        ("TE with a tab", post("Transfer-Encoding:\tchunked\r\n"), 400),
        ("TE empty", post("Transfer-Encoding:\r\n"), 400),
        ("TE with comma", post("Transfer-Encoding: chunked,\r\n"), 400),
        (
            "TE in HTTP/1.0", "POST /seen HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)",
            400
        ),
        ("bare LF after a field", post("X: a\nTransfer-Encoding: chunked\r\n"), 400),
        ("bare CR in a field", post("X: a\rTransfer-Encoding: chunked\r\n"), 400),
        ("bare LF as the empty line", "POST /seen HTTP/1.1\r\nHost: h\r\nContent-Length: 5\n\n\(hidden)", 400),
        ("NUL in a value", post("X: \u{0}\r\nContent-Length: 5\r\n"), 400),
        ("space in front of the request line", " POST /seen HTTP/1.1\r\nHost: h\r\n\r\n\(hidden)", 400),
        ("request line with LF", "POST /seen HTTP/1.1\nHost: h\r\n\r\n\(hidden)", 400),
        ("two spaces in the request line", "POST  /seen HTTP/1.1\r\nHost: h\r\n\r\n\(hidden)", 400),
        ("tab in the request line", "POST\t/seen HTTP/1.1\r\nHost: h\r\n\r\n\(hidden)", 400),
        ("absolute target of another host", "GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n\(hidden)", 400),
        ("two hosts", "GET /seen HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n\(hidden)", 400),
        ("no host", "GET /seen HTTP/1.1\r\n\r\n\(hidden)", 400),
        ("host with a path", "GET /seen HTTP/1.1\r\nHost: h/x\r\n\r\n\(hidden)", 400),
        ("CONNECT", "CONNECT /seen HTTP/1.1\r\nHost: h\r\n\r\n\(hidden)", 405),
        ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\(hidden)", 400),
        ("chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk size negative", chunked("-1\r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk size with plus", chunked("+3\r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk size past 64 bits", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk size with a space", chunked("3 \r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk size with junk", chunked("3z\r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk size with bare LF", chunked("3\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk extension with LF", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk extension with CR", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n\(hidden)"), 400),
        ("chunk without its line end", chunked("3\r\nabc0\r\n\r\n\(hidden)"), 400),
        ("chunk with a long line end", chunked("3\r\nabc\n\r\n0\r\n\r\n\(hidden)"), 400),
        ("last chunk with bare LF", chunked("0\n\n\(hidden)"), 400),
        ("trailer with CL", chunked("0\r\nContent-Length: 99\r\n\r\n\(hidden)"), 400),
        ("trailer with TE", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n\(hidden)"), 400),
        ("trailer with Host", chunked("0\r\nHost: other\r\n\r\n\(hidden)"), 400),
        ("folded trailer", chunked("0\r\nx: a\r\n b\r\n\r\n\(hidden)"), 400),
        ("trailer without colon", chunked("0\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"), 400),
    ]

    @Test
    func `a request that two parsers could read differently is refused and nothing after it is read`() async throws {
        let seen = Seen()
        let settings = HTTPServerSettings()
        try await Appliance.run(
            settings,
            handler: { exchange, _ in
                seen.add(exchange.head.path)
                do throws(ExchangeError) {
                    _ = try await exchange.body(limit: 1_000)
                    exchange.respond(text: "ok")
                } catch {
                    exchange.respond(ResponseHead(status: error == .malformed ? 400 : 500))
                }
            }
        ) { appliance in
            for row in Self.rows {
                let peer = try await appliance.connect()
                try await peer.send(row.bytes)
                let answer = await peer.receiveAll()
                #expect(answer.status == row.status, "\(row.name)")
                #expect(answer.contains("connection: close\r\n"), "\(row.name)")
                #expect(answer.ranges(of: "HTTP/1.1 ").count == 1, "\(row.name)")
                await peer.close()
            }
        }
        #expect(!seen.paths.contains("/hidden"))
        #expect(seen.paths.filter { $0 == "/seen" }.count <= Self.rows.count)
    }

    @Test(arguments: [
        // The declared body is swallowed, whatever it looks like.
        ("GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 34\r\n\r\n\(hidden)", ["/a"]),
        // Without a body the next request is a request of its own.
        ("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n\(hidden)", ["/a", "/hidden"]),
        ("GET /a HTTP/1.1\r\nHost: h\r\n\r\n\(hidden)", ["/a", "/hidden"]),
        // Nothing after an upgrade that was not taken is read as HTTP.
        ("GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\(hidden)", ["/a"]),
        ("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n\(hidden)", ["/a"]),
        ("GET /a HTTP/1.0\r\n\r\n\(hidden)", ["/a"]),
    ])
    func `exactly the requests that were framed are seen`(bytes: String, paths: [String]) async throws {
        let seen = Seen()
        try await Appliance.run(handler: { exchange, _ in
            seen.add(exchange.head.path)
            exchange.respond(text: "ok")
        }) { appliance in
            let peer = try await appliance.connect()
            try await peer.send(bytes)
            var answers = ""
            while answers.ranges(of: "ok").count < paths.count, let piece = await peer.receive() {
                answers += String(buffer: piece)
            }
            #expect(answers.ranges(of: "HTTP/1.1 200 OK").count == paths.count)
            await peer.close()
        }
        #expect(seen.paths == paths)
    }
}
