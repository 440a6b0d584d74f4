import Foundation
import ModeluxAdmin
import Testing

struct EmbeddedResourceTests {
    @Test
    func `the list of embedded files is that of the folder`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Resources").standardized
        var expected: Set = ["vendor/chart.js"]
        let files = try #require(FileManager.default.enumerator(atPath: root.path))
        while let file = files.nextObject() as? String {
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: root.appending(path: file).path, isDirectory: &isDirectory)
            if !isDirectory.boolValue, !file.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
                expected.insert(file)
            }
        }
        #expect(Set(EmbeddedResource.all.keys) == expected, "run packaging/embed")
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
