import ModeluxCore
import Testing

@Suite struct EventTests {
    @Test func `an event reads as webhooks receive it`() {
        let event = Event(
            id: Identifier("evt_aaaaaaaaaaaaaaaaaaaa"), type: .budgetExceeded,
            createdAt: Timestamp(microseconds: 1_777_593_600_000_000), data: #"{"name":"team-ml"}"#)
        #expect(
            event.json
                == #"{"id":"evt_aaaaaaaaaaaaaaaaaaaa","type":"budget.exceeded","#
                + #""created_at":"2026-05-01T00:00:00.000Z","data":{"name":"team-ml"}}"#)
    }
}
