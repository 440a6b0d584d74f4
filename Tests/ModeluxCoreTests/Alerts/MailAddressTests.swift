import ModeluxCore
import Testing

struct MailAddressTests {
    @Test(arguments: [
        "a@b.example", "first.last+tag@mail.example.com", "o'neil@x.org", "root@localhost", "a@[127.0.0.1]",
    ])
    func `an address is taken as it is`(text: String) {
        #expect(MailAddress(text)?.text == text)
    }

    @Test(arguments: [
        "", "a", "@b", "a@", "a@b@c", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "a@b\n", "a\u{0}@b", "<a@b>",
        "a@b>", "a,b@c.example,d@e.example", ".a@b.example", "a..b@c.example", "a@-b.example", "a@b..example",
        "ü@b.example",
        "a@bücher.example", "\"a b\"@c.example", "a@[x y]", "a@[]", String(repeating: "a", count: 65) + "@b.example",
        "a@" + String(repeating: "b.", count: 130) + "example",
    ])
    func `what could be read as more than an address is refused`(text: String) {
        #expect(MailAddress(text) == nil)
    }
}
