import NIOCore
import Testing

@testable import ModeluxHTTP

struct HeaderBlockTests {
    @Test(arguments: [
        ("x-a", "b\r\nx-evil: 1"), ("x-a", "b\n"), ("x-a", "\r"), ("x-a", "a\u{0}"), ("x-a", "\u{7f}"),
        ("x-a", "\u{1b}[0m"),
        ("x-a\r\nx-evil", "1"), ("x a", "1"), ("x:a", "1"), ("", "1"), ("x\u{0}", "1"), ("\u{e9}", "1"), (" x", "1"),
        ("x\t", "1"),
        ("(x)", "1"), ("x,y", "1"),
    ])
    func `nothing that could break a message apart enters a block`(name: String, value: String) {
        var block = HeaderBlock()
        block.add("keep", "me")
        var wasTaken = block.add(name, value)
        #expect(!wasTaken)
        wasTaken = block.set(name, value)
        #expect(!wasTaken)
        #expect(wire(block) == "keep: me\r\n")
    }

    @Test
    func `a refused value leaves the old one in place`() {
        var block = HeaderBlock()
        block.add("a", "1")
        let wasTaken = block.set("a", "2\r\nb: 3")
        #expect(!wasTaken)
        #expect(block.first("a") == "1")
    }

    @Test
    func `fields keep their order and names match in any case`() {
        var block = HeaderBlock()
        var wasTaken = block.add("X-Trace", "one")
        #expect(wasTaken)
        wasTaken = block.add("x-number", 42)
        #expect(wasTaken)
        wasTaken = block.add("x-trace", " two\t")
        #expect(wasTaken)
        wasTaken = block.add("x-text", "h\u{e9}llo \u{1F600}")
        #expect(wasTaken)
        #expect(block.values("X-TRACE") == ["one", "two"])
        #expect(block.first("x-text") == "h\u{e9}llo \u{1F600}")
        #expect(block.firstBytes("x-number").map { String(buffer: $0) } == "42")
        #expect(block.contains("X-Number"))
        #expect(!block.contains("x-numbe"))
        block.set("x-trace", "three")
        block.remove("X-NUMBER")
        #expect(wire(block) == "x-text: h\u{e9}llo \u{1F600}\r\nx-trace: three\r\n")
        #expect(block.count == 2)
    }

    @Test(arguments: [
        "Content-Length", "transfer-encoding", "CONNECTION", "Host", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect",
        "Proxy-Connection",
    ])
    func `fields of the connection are never copied out of a block`(name: String) {
        var block = HeaderBlock()
        block.add("a", "1")
        block.add(name, "5")
        #expect(wire(block) == "a: 1\r\n")
    }

    @Test
    func `fields of a received head are copied by choice`() throws {
        var buffer = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: h\r\nX-A:  1 \r\nCookie: s\r\nx-b:\r\n\r\n")
        var reader = RequestReader(limits: .standard)
        let head = try #require(try reader.read(from: &buffer))
        var block = HeaderBlock()
        block.add("first", "0")
        block.appendAll(from: head.headers) { !$0.equalsIgnoringCase("cookie") }
        #expect(wire(block) == "first: 0\r\nX-A: 1\r\nx-b: \r\n")
        var seen: [String] = []
        block.forEach { seen.append("\($0)=\($1)") }
        #expect(seen == ["first=0", "Host=h", "X-A=1", "x-b="])
    }

    @Test(arguments: [0, 1, 9, 10, 99_999_999, 100_000_000, 123_456_789_012, Int.max])
    func `lengths are written in decimal and chunk sizes in hexadecimal`(number: Int) {
        var buffer = ByteBuffer()
        HeadWriter.writeDecimal(number, to: &buffer)
        #expect(String(buffer: buffer) == String(number))
        buffer.clear()
        HeadWriter.writeChunkSize(number, to: &buffer)
        #expect(String(buffer: buffer) == String(number, radix: 16) + "\r\n")
    }

    private func wire(_ block: HeaderBlock) -> String {
        var buffer = ByteBuffer()
        HeadWriter.writeFields(block, to: &buffer)
        return String(buffer: buffer)
    }
}
