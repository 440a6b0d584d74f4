import Crypto
import Foundation
import GRDB
import ModeluxCore
import Testing

@testable import ModeluxStore

struct SealingTests {
    let ring = KeyRing(key: SymmetricKey(size: .bits256), instance: "one")
    let context = SealingContext(table: "providers", row: "prov_a", version: 3)
    let secret = Array("sk-canary-0123456789".utf8)

    @Test func `a sealed secret opens again, and no two sealings are alike`() throws {
        let first = try ring.seal(secret, in: context)
        let second = try ring.seal(secret, in: context)
        #expect(try ring.open(first, in: context) == secret)
        #expect(first.ciphertext != second.ciphertext && first.wrappedKey != second.wrappedKey)
    }

    @Test func `every flipped byte is found`() throws {
        let sealed = try ring.seal(secret, in: context)
        for index in sealed.ciphertext.indices {
            var bytes = sealed.ciphertext
            bytes[index] ^= 1
            let changed = SealedSecret(
                kekID: sealed.kekID, version: 3, wrappedKey: sealed.wrappedKey, ciphertext: bytes)
            #expect(throws: SealingFailure.self) { try ring.open(changed, in: context) }
        }
        for index in sealed.wrappedKey.indices {
            var bytes = sealed.wrappedKey
            bytes[index] ^= 1
            let changed = SealedSecret(
                kekID: sealed.kekID, version: 3, wrappedKey: bytes, ciphertext: sealed.ciphertext)
            #expect(throws: SealingFailure.self) { try ring.open(changed, in: context) }
        }
    }

    @Test(arguments: [
        SealingContext(table: "webhooks", row: "prov_a", version: 3),
        SealingContext(table: "providers", row: "prov_b", version: 3),
        SealingContext(table: "providers", row: "prov_a", version: 2),
    ])
    func `a secret moved to another place does not open`(elsewhere: SealingContext) throws {
        let sealed = try ring.seal(secret, in: context)
        #expect(throws: SealingFailure.self) { try ring.open(sealed, in: elsewhere) }
        let renamed = SealedSecret(
            kekID: sealed.kekID, version: elsewhere.version, wrappedKey: sealed.wrappedKey,
            ciphertext: sealed.ciphertext)
        #expect(throws: SealingFailure.self) { try ring.open(renamed, in: elsewhere) }
    }

    @Test func `another key or another installation opens nothing`() throws {
        let sealed = try ring.seal(secret, in: context)
        let other = KeyRing(key: SymmetricKey(size: .bits256), instance: "one")
        #expect(throws: SealingFailure.self) { try other.open(sealed, in: context) }
        let posing = SealedSecret(
            kekID: other.id, version: 3, wrappedKey: sealed.wrappedKey, ciphertext: sealed.ciphertext)
        #expect(throws: SealingFailure.self) { try other.open(posing, in: context) }
    }

    @Test func `a data key of another secret does not fit`() throws {
        let one = try ring.seal(secret, in: context)
        let two = try ring.seal(secret, in: context)
        let mixed = SealedSecret(kekID: one.kekID, version: 3, wrappedKey: two.wrappedKey, ciphertext: one.ciphertext)
        #expect(throws: SealingFailure.self) { try ring.open(mixed, in: context) }
    }
}

struct KeyEncryptionKeyTests {
    let folder = ControlFolder()

    private func seal() async throws {
        let store = try folder.open()
        _ = try await store.write(as: ControlFolder.admin) { transaction in
            try transaction.providers.create(ProviderDraft(vendor: .openai, apiKey: Secret("sk-canary-0123456789")))
        }
    }

    @Test func `the credential is in the snapshot and nowhere in the files`() async throws {
        try await seal()
        let store = try folder.open()
        #expect(store.snapshot.providers["openai"]?.credential?.reveal() == "sk-canary-0123456789")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + file))
            #expect(bytes.range(of: Data("sk-canary".utf8)) == nil, "\(file)")
        }
    }

    @Test func `a missing key is refused while something is sealed, and made anew otherwise`() async throws {
        _ = try folder.open()
        try FileManager.default.removeItem(atPath: folder.path + "/kek")
        try await seal()
        try FileManager.default.removeItem(atPath: folder.path + "/kek")
        let failure = #expect(throws: StoreFailure.self) { try folder.open() }
        #expect(failure?.description.contains("missing") == true)
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660])
    func `a key that others can read is refused with the command that helps`(mode: Int) async throws {
        _ = try folder.open()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path + "/kek")
        let failure = #expect(throws: StoreFailure.self) { try folder.open() }
        #expect(failure?.description.contains("chmod 600") == true)
    }

    @Test func `another installation's key is refused`() async throws {
        try await seal()
        let other = String(repeating: "ab", count: 32) + "\n"
        try other.write(toFile: folder.path + "/kek", atomically: false, encoding: .utf8)
        let failure = #expect(throws: StoreFailure.self) { try folder.open() }
        #expect(failure?.description.contains("sealed with key") == true)
    }

    @Test(arguments: ["", "not a key", String(repeating: "zz", count: 32), String(repeating: "ab", count: 31)])
    func `a file without a key is refused`(content: String) throws {
        _ = try folder.open()
        try content.write(toFile: folder.path + "/kek", atomically: false, encoding: .utf8)
        #expect(throws: StoreFailure.self) { try folder.open() }
    }

    @Test func `a provider whose credential was tampered with is left out and named`() async throws {
        try await seal()
        let queue = try DatabaseQueue(path: folder.path + "/control.db")
        try await queue.write { database in
            try database.execute(sql: "UPDATE sealed_secrets SET ciphertext = zeroblob(length(ciphertext))")
        }
        try queue.close()
        let store = try folder.open()
        #expect(store.snapshot.providers["openai"] == nil)
        #expect(store.unreadableProviders.keys.sorted() == ["openai"])
    }
}
