public import ModeluxCore

/// One step of a streamed answer in nobody's dialect. Decoders give them in this order: `start`, then for each part
/// `partStart`, its deltas, `partStop`; a `finish` for each choice; `usage` when it is known (again when it grows: the
/// later one replaces the earlier); `end` last. Parts of one choice never overlap.
public enum ChatEvent: Sendable, Hashable {
    /// The answer begins. Id and model are empty where the provider gives none.
    case start(id: String, model: String)
    /// A part begins, with what is known of it: a text or thought is empty, a tool call has its id and name and empty
    /// arguments. `choice` counts from 0.
    case partStart(choice: Int, ContentPart.Kind)
    /// More of the text of the current part (text, refusal or thinking).
    case text(choice: Int, String)
    /// More of the arguments of the current part, a tool call: JSON text in pieces.
    case arguments(choice: Int, String)
    /// The proof of the current part, a thought or a tool call.
    case signature(choice: Int, Signature)
    /// The current part is complete.
    case partStop(choice: Int)
    /// Log probabilities of the last delta in OpenAI's form.
    case logProbabilities(choice: Int, JSONValue)
    /// A choice ended.
    case finish(choice: Int, FinishReason, stopSequence: String?)
    /// What has been used so far.
    case usage(Usage)
    /// Work of other models within the call.
    case sideUsage([SideUsage])
    /// The service tier that the answer names.
    case serviceTier(String)
    /// Nothing happened, but the provider is alive.
    case ping
    /// The provider says that it failed. Nothing comes after it.
    case failure(Failure)
    /// The answer is complete.
    case end
}
