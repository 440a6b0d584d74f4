import Testing

@testable import ModeluxStore

struct BaseURLTests {
    @Test(arguments: [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("HTTPS://API.Example/V1/", "https://api.example/V1"),
        ("http://127.0.0.1:9000/@openai/v1", "http://127.0.0.1:9000/@openai/v1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://gpu_1.lan:80/", "http://gpu_1.lan:80"),
    ])
    func `an address is kept as it is, without slashes at its end`(text: String, url: String) {
        #expect(BaseURL.check(text).url == url)
    }

    @Test(arguments: [
        "", "api.openai.com", "ftp://a", "file:///etc", "https://", "https:///v1", "http://a:0", "http://a:65536",
        "http://a:x", "http://a b", "http://a\r\nx", "http://a?b", "http://a#b", "http://u:p@a", "http://u@a/",
        "http://[::1", "http://[::1]x", "http://ä", "javascript:alert(1)", "gopher://a", "http://a\u{0}",
    ])
    func `what is no address is refused in words`(text: String) {
        #expect(BaseURL.check(text).problem != nil)
    }
}
