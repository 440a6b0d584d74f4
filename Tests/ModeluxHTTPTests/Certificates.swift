import Foundation

@testable import ModeluxHTTP

/// A private authority and certificates of it, made by `openssl` in a temporary folder.
struct Certificates {
    let folder: URL

    /// Makes the authority; `nil` where there is no `openssl`.
    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "modelux-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=test root",
            "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", path("root.key"), "-out", path("root.pem"))
    }

    /// Makes a leaf for a name.
    ///
    /// - Parameters:
    ///   - name: of the two files.
    ///   - subject: `subjectAltName` value such as `DNS:localhost,IP:127.0.0.1`.
    ///   - days: how long it is valid; a negative number makes one that has expired.
    /// - Returns: the two files.
    /// - Throws: when a file cannot be written.
    func makeLeaf(_ name: String, subject: String, days: Int = 2) throws -> TLSFiles {
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=leaf",
            "-keyout", path(name + ".key"),
            "-out", path(name + ".csr"))
        try "subjectAltName=\(subject)\n".write(toFile: path(name + ".ext"), atomically: true, encoding: .utf8)
        try openssl(
            "x509", "-req", "-in", path(name + ".csr"), "-CA", path("root.pem"), "-CAkey", path("root.key"),
            "-CAcreateserial", "-days",
            "\(days)", "-extfile", path(name + ".ext"), "-out", path(name + ".pem"))
        return TLSFiles(certificatePath: path(name + ".pem"), privateKeyPath: path(name + ".key"))
    }

    var rootPath: String { path("root.pem") }

    /// Puts the files of one leaf in the place of another's.
    func replace(_ old: TLSFiles, with new: TLSFiles) throws {
        for (target, source) in [(old.certificatePath, new.certificatePath), (old.privateKeyPath, new.privateKeyPath)] {
            try Data(contentsOf: URL(filePath: source)).write(to: URL(filePath: target))
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs openssl with those arguments.
    ///
    /// - Returns: what it wrote to its standard output and error.
    @discardableResult
    func openssl(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
}
