import { z } from "zod";

import type { ScriptedTurn } from "../../src/providers/scripted-scene.ts";
import { murmur, type Play, SimpleEar, servePlay, turnFor } from "./scripted-server.ts";

const parts = z.array(z.strictObject({ text: z.string() }));
const declaration = z.strictObject({
  name: z.string(),
  description: z.string(),
  parameters: z.object({ type: z.literal("OBJECT") }).optional(),
  behavior: z.enum(["BLOCKING", "NON_BLOCKING"]).optional(),
});
const setup = z.strictObject({
  model: z.string().startsWith("models/"),
  generationConfig: z.strictObject({
    responseModalities: z.tuple([z.literal("AUDIO")]),
    speechConfig: z.looseObject({}),
  }),
  systemInstruction: z.strictObject({ parts }),
  tools: z.array(z.strictObject({ functionDeclarations: z.array(declaration) })),
  realtimeInputConfig: z.looseObject({}),
  inputAudioTranscription: z.looseObject({}),
  outputAudioTranscription: z.looseObject({}),
  contextWindowCompression: z.looseObject({}),
  sessionResumption: z.strictObject({ handle: z.string().optional() }),
});
const input = z.union([
  z.strictObject({ audio: z.strictObject({ data: z.base64(), mimeType: z.literal("audio/pcm;rate=16000") }) }),
  z.strictObject({ audioStreamEnd: z.literal(true) }),
  z.strictObject({ text: z.string().min(1) }),
]);
const response = z.strictObject({ id: z.string(), name: z.string(), response: z.looseObject({ say: z.string() }) });
/** As strict as the vendor's own server: it hangs up on what it does not know. */
const client = z.union([
  z.strictObject({ setup }),
  z.strictObject({ realtimeInput: input }),
  z.strictObject({
    clientContent: z.strictObject({
      turns: z.array(z.strictObject({ role: z.enum(["user", "model"]), parts })),
      turnComplete: z.boolean(),
    }),
  }),
  z.strictObject({ toolResponse: z.strictObject({ functionResponses: z.array(response) }) }),
]);

/** A server that speaks the wire of Gemini Live from a script. */
export function serveGemini(script: readonly ScriptedTurn[], apiKey: string): Promise<string> {
  return servePlay(script, { key: apiKey, header: "x-goog-api-key", binary: true, actor });
}

const content = (serverContent: unknown) => ({ serverContent });
const DONE = [content({ generationComplete: true }), { ...content({ turnComplete: true }), usageMetadata: {} }];

const actor: Play["actor"] = (stage, number) => {
  const ear = new SimpleEar(16);
  const open = new Set<string>();
  let count = 0;
  const interrupt = (): void => {
    if (!stage.busy()) return;
    stage.hush();
    stage.say(content({ interrupted: true }), content({ turnComplete: true }));
  };
  const speak = (says: string): readonly unknown[] => [
    content({
      modelTurn: { role: "model", parts: [{ inlineData: { mimeType: "audio/pcm;rate=24000", data: murmur } }] },
    }),
    ...says.split(/(?= )/).map((piece) => content({ outputTranscription: { text: piece } })),
  ];
  const answer = ({ says, calls = [] }: ScriptedTurn): void => {
    const functionCalls = calls.map(({ name, args }) => ({ id: `fc_${number}_${++count}`, name, args }));
    for (const { id } of functionCalls) open.add(id);
    stage.say(
      ...(says === undefined ? [] : speak(says)),
      ...(open.size > 0 ? [{ toolCall: { functionCalls } }] : DONE),
    );
  };
  const heard = (): void => {
    ear.open = false;
    const turn = stage.script[0] ?? turnFor([], "");
    for (const piece of turn.heard.split(/(?= )/)) stage.say(content({ inputTranscription: { text: piece } }));
    answer(turn);
  };
  const listen = (realtimeInput: z.output<typeof input>): void => {
    if ("text" in realtimeInput) {
      interrupt();
      return answer(turnFor(stage.script, realtimeInput.text));
    }
    if ("audioStreamEnd" in realtimeInput) return ear.open ? heard() : undefined;
    const mark = ear.hear(realtimeInput.audio.data);
    if (mark === "start") interrupt();
    if (mark === "end") heard();
  };
  return (raw) => {
    const message = client.parse(raw);
    if ("setup" in message) {
      stage.say({ setupComplete: { sessionId: `s_${number}` } });
      return stage.say({ sessionResumptionUpdate: { newHandle: `h_${number}`, resumable: true } });
    }
    if ("realtimeInput" in message) return listen(message.realtimeInput);
    if ("clientContent" in message) return interrupt();
    for (const { id, response } of message.toolResponse.functionResponses) {
      if (open.delete(id) && open.size === 0) stage.say(...speak(response.say), ...DONE);
    }
  };
};
