import Foundation
import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

/// How a mail looks on the wire, and how replies are read.
struct MailFormTests {
    @Test(arguments: [
        ("plain\n", "plain\r\n\r\n"), ("a=b", "a=3Db\r\n"), ("ü", "=C3=BC\r\n"), ("end \nx", "end=20\r\nx\r\n"),
        ("tab\t", "tab=09\r\n"), ("\r\n", "\r\n\r\n"), ("a\rb", "a\r\nb\r\n"), ("\u{0}", "=00\r\n"), (".", ".\r\n"),
    ])
    func `quoted-printable as RFC 2045 has it`(text: String, encoded: String) {
        #expect(QuotedPrintable.body(text) == encoded)
    }

    @Test func `no line is longer than 76 characters, and nothing gets lost`() {
        let text = String(repeating: "ä€🎈 x=", count: 100) + "\n" + String(repeating: "y", count: 500)
        let encoded = QuotedPrintable.body(text)
        let lines = encoded.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
        let joined = encoded.replacingOccurrences(of: "=\r\n", with: "")
        var bytes: [UInt8] = []
        var rest = Array(joined.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        #expect(String(decoding: bytes, as: UTF8.self) == text.replacingOccurrences(of: "\n", with: "\r\n") + "\r\n")
    }

    @Test(arguments: [
        "Budget “team” is exceeded", "a\r\nBcc: x@y.example", "a\nb", "=?utf-8?q?x?=",
        String(repeating: "long ", count: 60),
        String(repeating: "ü", count: 200), "tab\tnul\u{0}", "\u{2028}\u{85}",
    ])
    func `a subject is one header, whatever it says`(subject: String) {
        let header = QuotedPrintable.header(subject)
        for (index, line) in header.components(separatedBy: "\r\n").enumerated() {
            #expect(index == 0 || line.hasPrefix(" "))
            #expect(line.utf8.count <= 76 && line.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    @Test func `a mail has headers, a plain and an HTML part, and says hostile names without their teeth`() throws {
        let event = AlertEvent(
            id: Identifier("evt_1"), type: "budget.exceeded", createdAt: Timestamp(microseconds: 1_777_629_600_000_000),
            data: #"{"budget":{"name":"<b>team</b>\r\nBcc: evil@x.example"},"spend_usd":105.0}"#)
        let mail = MailText(event).message(
            from: try #require(MailAddress("modelux@a.example")), to: try #require(MailAddress("ops@b.example")),
            date: event.createdAt, id: "dlv_1")
        let text = mail.text
        #expect(text.hasPrefix("From: modelux <modelux@a.example>\r\nTo: <ops@b.example>\r\nSubject: "))
        #expect(text.contains("\r\nDate: Fri, 01 May 2026 10:00:00 +0000\r\nMessage-ID: <dlv_1@a.example>\r\n"))
        #expect(text.contains("Content-Type: text/plain; charset=utf-8") && text.contains("Content-Type: text/html"))
        let head = text.components(separatedBy: "\r\n\r\n").first ?? ""
        #expect(!head.contains("\r\nBcc") && !mail.html.contains("<b>") && mail.html.contains("&lt;b&gt;team"))
        #expect(text.components(separatedBy: "--modelux-dlv_1").count == 4 && text.hasSuffix("--modelux-dlv_1--\r\n"))
        #expect(!text.replacingOccurrences(of: "\r\n", with: "").contains(where: { $0 == "\r" || $0 == "\n" }))
    }

    @Test func `a link is in both parts, and quotes in it end nothing`() throws {
        let address = try #require(MailAddress("a@b.example"))
        let link = "http://127.0.0.1:5100/#/sign-in?token=x\"><script>"
        let mail = MailText(title: "Sign in", paragraph: "Open it within 30 minutes.", link: link).message(
            from: address, to: address, date: Timestamp(microseconds: 0), id: "dlv_2")
        #expect(mail.plain == "Sign in\n\nOpen it within 30 minutes.\n\n\(link)\n")
        #expect(mail.html.contains("href=\"http://127.0.0.1:5100/#/sign-in?token=x&quot;&gt;&lt;script&gt;\""))
        #expect(!mail.html.contains("<script>"))
    }

    @Test(arguments: [
        (".", ".."), ("a.b", "a.b"), ("\r\n.\r\n", "\r\n..\r\n"), ("..", "..."), ("", ""), ("\n.x", "\n..x"),
    ])
    func `a line that begins with a dot gets another one`(text: String, stuffed: String) {
        #expect(SMTPClient.stuffed(text) == stuffed)
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}user\u{0}päss"])
    func `Base64 is Foundation's`(text: String) {
        #expect(Base64.text(text) == Data(text.utf8).base64EncodedString())
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
        (1_777_629_600, "Fri, 01 May 2026 10:00:00 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
    ])
    func `dates as mails have them`(seconds: Int64, text: String) {
        #expect(MailDate.text(Timestamp(microseconds: seconds * 1_000_000)) == text)
    }
}

struct SMTPReplyTests {
    private func read(_ text: String) throws -> [SMTPReply] {
        var parser = SMTPReplyParser()
        return try text.utf8.compactMap { try parser.take($0) }
    }

    @Test(arguments: [
        ("220 hello\r\n", [220]), ("250-a\r\n250-b\r\n250 c\r\n", [250]), ("250\r\n", [250]), ("250\n", [250]),
        ("220 a\r\n250 b\r\n", [220, 250]), ("250-only\r\n", []), ("25", []),
    ])
    func `replies of one line and of many`(text: String, codes: [Int]) throws {
        #expect(try read(text).map(\.code) == codes)
    }

    @Test func `abilities are found by their keyword`() throws {
        let reply = try #require(try read("250-mx\r\n250-STARTTLS\r\n250-auth=LOGIN plain\r\n250 SIZE 100\r\n").first)
        #expect(reply.parameters(of: "STARTTLS") == [])
        #expect(reply.parameters(of: "AUTH") == ["LOGIN", "PLAIN"])
        #expect(reply.parameters(of: "MX") == nil && reply.parameters(of: "CHUNKING") == nil)
    }

    @Test(arguments: [
        "hello\r\n", "99 x\r\n", "600 x\r\n", "2x0 y\r\n", "250+x\r\n", "\r\n", "250-a\r\n251 b\r\n",
        "250 " + String(repeating: "a", count: 2000), String(repeating: "250-a\r\n", count: 65), "HTTP/1.1 200 OK\r\n",
        "²50 x\r\n",
    ])
    func `what is no reply is an error, whatever its length`(text: String) {
        #expect(throws: SMTPReplyParser.Violation.self) { try read(text) }
    }

    @Test func `no bytes at all bring the parser down`() {
        var state: UInt64 = 42
        func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let pieces = ["250-", "250 ", "354", "\r\n", "\n", "9", " ", "-", "AUTH", "é"].map { Array($0.utf8) }
        for _ in 0..<20_000 {
            var parser = SMTPReplyParser()
            let bytes = (0..<Int(next() % 24)).flatMap { _ in
                next() % 4 == 0 ? [next()] : pieces[Int(next()) % pieces.count]
            }
            for byte in bytes {
                guard let reply = try? parser.take(byte) else { continue }
                #expect((200...599).contains(reply.code) && !reply.lines.isEmpty)
            }
        }
    }
}
