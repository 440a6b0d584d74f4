import NIOCore
import Testing

@testable import ModeluxHTTP

struct OriginTests {
    @Test(arguments: [
        ("https://api.openai.com/v1", "api.openai.com", true, 443, "/v1", "api.openai.com"),
        ("HTTP://Localhost:8000", "localhost", false, 8000, "", "localhost:8000"),
        ("http://[::1]:81/a/b/", "::1", false, 81, "/a/b", "[::1]:81"),
        ("http://10.0.0.1/", "10.0.0.1", false, 80, "", "10.0.0.1"),
    ])
    func `a base URL is read`(url: String, host: String, isSecure: Bool, port: Int, path: String, field: String) throws
    {
        let (origin, basePath) = try #require(Origin.parse(url))
        #expect(origin == Origin(isSecure: isSecure, host: host, port: port))
        #expect(basePath == path)
        #expect(origin.hostField == field)
        #expect(Origin(url: url) == origin)
    }

    @Test(arguments: [
        "", "api.openai.com", "ftp://h", "http://", "http://h:0", "http://h:65536", "http://h:x", "http://u@h",
        "http://u:p@h/", "http://h?x",
        "http://h/a?b", "http://h/#f", "http://a b", "http://h\r\n", "http://[::1", "http://::1", "http://[x]:1",
        "http://h\u{0}/", "https:///x",
        "http://h/\u{e9}",
    ])
    func `what is no base URL is refused`(url: String) {
        #expect(Origin.parse(url) == nil)
    }

    @Test(arguments: [
        ("GET", "/a?b", true), ("GET", "a", false), ("GET", "", false), ("GET", "/a b", false),
        ("GET", "/a\r\nx: y", false),
        ("GET", "/\u{e9}", false), ("G T", "/", false), ("GET\r\n", "/", false), ("", "/", false),
        ("GET", "/a?b\n", false),
    ])
    func `only a clean method and target are sent`(method: String, target: String, isSendable: Bool) {
        let origin = Origin(isSecure: false, host: "h", port: 1)
        #expect(UpstreamRequest(origin: origin, method: method, target: target).isSendable == isSendable)
    }
}
