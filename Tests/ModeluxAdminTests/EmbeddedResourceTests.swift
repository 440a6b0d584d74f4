import Foundation
import ModeluxAdmin
import Testing

struct EmbeddedResourceTests {
    @Test
    func `the list of embedded files is that of the folder`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let check = Process()
        check.executableURL = root.appending(path: "packaging/embed")
        check.arguments = ["--check"]
        try check.run()
        check.waitUntilExit()
        #expect(check.terminationStatus == 0, "run packaging/embed")
        #expect(EmbeddedResource.named("vendor/chart.js") != nil)
    }

    @Test
    func `an embedded file has the bytes of the file on disk`() throws {
        let name = "modelux.example.yaml"
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Resources").standardized
        let embedded = try #require(EmbeddedResource.named(name))
        #expect(embedded.bytes == [UInt8](try Data(contentsOf: root.appending(path: name))))
        #expect(embedded.contentType == "application/yaml")
    }

    @Test
    func `an entity tag is quoted and depends on the contents`() throws {
        let tags = try ["modelux.example.yaml", "vendor/chart.js"].map {
            try #require(EmbeddedResource.named($0)).entityTag
        }
        #expect(tags.allSatisfy { $0.utf8.count == 34 && $0.hasPrefix("\"") && $0.hasSuffix("\"") })
        #expect(tags[0] != tags[1])
    }
}
