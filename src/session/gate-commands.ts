import { cancelling, type Gate, type GateOptions, isSpeaking } from "./gate.ts";
import type { LinkCommand } from "./link-command.ts";

/** More keys than a car has things worth telling. */
const MAX_CONTEXTS = 64;

/** What is asked of a ready session. */
export function afterCommand(gate: Gate, command: LinkCommand, options: GateOptions): Gate {
  switch (command.type) {
    case "create-reply":
      // This server goes on by itself when it has a result.
      return options.createAfterToolResult === false && gate.told === "result" ? gate : { ...gate, wanted: true };
    case "tool-result":
      // A second result, or one for a call of an earlier connection, is nobody's.
      if (!gate.openCalls.includes(command.callId)) return gate;
      return {
        ...gate,
        told: gate.told === "matter" ? "matter" : "result",
        openCalls: gate.openCalls.filter((callId) => callId !== command.callId),
        results: [...gate.results, command],
      };
    case "cancel-reply":
      return isSpeaking(gate, command.replyId) ? cancelling(gate, command.replyId) : gate;
    case "context": {
      if (options.context !== "when-idle") return { ...gate, send: [command] };
      const others = gate.contexts.filter(({ key }) => key !== command.key);
      return { ...gate, contexts: [...others, command].slice(-MAX_CONTEXTS) };
    }
    case "truncate":
      // What an earlier connection said this one does not know.
      return gate.items.includes(command.itemId) ? { ...gate, send: [command] } : gate;
    case "send-audio":
      return { ...gate, hearing: true, send: [command] };
    case "audio-end":
      return { ...gate, hearing: false, send: [command] };
    case "user-text":
    case "note":
      return { ...gate, told: "matter", send: [command] };
    case "listening":
    case "history":
      return { ...gate, send: [command] };
  }
}

/**
 * Results go out as early as the server bears them. In a quiet moment follow what the model is to know in silence and,
 * when no call is open, the one reply that is wanted.
 */
export function settled(before: Gate, options: GateOptions): Gate {
  const gate = withResults(before, options);
  if (gate.phase.type !== "idle") return gate;
  if (gate.autoReplyDue) return { ...gate, phase: { type: "expecting" } };
  if (gate.openCalls.length > 0) return gate;
  const told = gate.hearing ? gate : { ...gate, contexts: [], send: [...gate.send, ...gate.contexts] };
  if (told.wanted) {
    const send: readonly LinkCommand[] = [...told.send, { type: "create-reply" }];
    return { ...told, phase: { type: "requested" }, wanted: false, send };
  }
  const answers = options.createAfterToolResult === false && told.told === "result";
  return answers ? { ...told, phase: { type: "answering" } } : told;
}

function withResults(gate: Gate, { createAfterToolResult, resultsWhileReplying }: GateOptions): Gate {
  if (gate.results.length === 0) return gate;
  const isQuiet = gate.phase.type === "idle" && !gate.autoReplyDue;
  // A server that waits for them in the middle of a reply would wait for ever.
  if (!isQuiet && createAfterToolResult !== false && resultsWhileReplying !== true) return gate;
  return { ...gate, results: [], send: [...gate.send, ...gate.results] };
}
