import { gemini } from "../../../src/providers/gemini.ts";
import { local } from "../../../src/providers/local.ts";
import { openAi } from "../../../src/providers/openai.ts";
import { stepFun } from "../../../src/providers/stepfun.ts";
import type { Provider } from "../../../src/session/provider.ts";

/** How a server of each provider says what every one can say. */
export interface Dialect {
  readonly name: string;
  readonly open: (url: string) => Provider;
  readonly greeting: readonly string[];
  readonly ready: string;
  /** A reply that has begun, with sound in base64. */
  readonly reply: (replyId: string, sound: string) => readonly string[];
  readonly call: (replyId: string, callId: string) => readonly string[];
  readonly ended: (replyId: string) => readonly string[];
}

const KEY = "secret-key";

const flat = (name: string, sound: string, open: Dialect["open"]): Dialect => ({
  name,
  open,
  greeting: ['{"type":"session.created","session":{"id":"s"}}'],
  ready: '{"type":"session.updated","session":{"id":"s"}}',
  reply: (id, delta) => [
    text({ type: "response.created", response: { id, status: "in_progress", output: [] } }),
    text({ type: sound, response_id: id, item_id: `item-${id}`, output_index: 0, content_index: 0, delta }),
  ],
  call: (id, call_id) => {
    const item = { id: `item-${call_id}`, type: "function_call", call_id, name: "window_set", arguments: "{}" };
    return [text({ type: "response.output_item.done", response_id: id, output_index: 0, item })];
  },
  ended: (id) => [text({ type: "response.done", response: { id, status: "completed", output: [] } })],
});

const live: Dialect = {
  name: "gemini",
  open: (url) => gemini({ apiKey: KEY, url }),
  greeting: [],
  ready: '{"setupComplete":{}}',
  reply: (_, data) => [
    text({ serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: "audio/pcm;rate=24000", data } }] } } }),
  ],
  call: (_, id) => [text({ toolCall: { functionCalls: [{ id, name: "window_set", args: {} }] } })],
  ended: () => [text({ serverContent: { turnComplete: true } })],
};

export const DIALECTS: readonly Dialect[] = [
  flat("stepfun", "response.audio.delta", (url) => stepFun({ apiKey: KEY, url })),
  flat("local", "response.audio.delta", (url) => local({ url, token: KEY })),
  flat("openai", "response.output_audio.delta", (url) => openAi({ apiKey: KEY, url })),
  live,
];

function text(message: unknown): string {
  return JSON.stringify(message);
}
