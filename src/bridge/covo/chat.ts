import { z } from "zod";

import { createResampler, joined } from "../../audio/resample.ts";
import { decodeWav, type Recording, wavHeader } from "../../audio/wav.ts";
import { parseJson } from "../../shared/json-limits.ts";
import type { Answer } from "./covo-reply.ts";
import type { Prompt, Said } from "./prompt.ts";
import { UpstreamError } from "./upstream-error.ts";

/** Audio tokens count as well, 15 to 5 of text: about half a minute of speech. */
const MAX_TOKENS = 1_024;
const SOUND_RATE_HZ = 16_000;
const ANSWER_RATE_HZ = 24_000;
const MAX_ANSWER_SAMPLES = 60 * ANSWER_RATE_HZ;
const MAX_TEXT = 4_000;
/** Where the model says nothing the server makes a tenth of a second of noise of it. */
const NOTHING_SAID_SAMPLES = ANSWER_RATE_HZ / 4;

/** The body of one request. */
export function chatRequest({ system, said, textOnly }: Prompt, model: string): Readonly<Record<string, unknown>> {
  return {
    model,
    messages: [{ role: "system", content: [{ type: "text", text: system }] }, ...turnsOf(said)],
    modalities: textOnly ? ["text"] : ["text", "audio"],
    max_tokens: MAX_TOKENS,
  };
}

/** What one side said in a row is one message: templates want the sides in turn. */
function turnsOf(said: readonly Said[]): readonly object[] {
  const turns: { role: Said["role"]; content: object[] }[] = [];
  for (const one of said) {
    const content = contentOf(one);
    const last = turns.at(-1);
    if (last?.role === one.role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role: one.role, content });
  }
  return turns;
}

function contentOf({ text, sound }: Said): object[] {
  if (sound !== undefined) return [{ type: "input_audio", input_audio: { data: wavOf(sound), format: "wav" } }];
  return text === "" ? [] : [{ type: "text", text }];
}

function wavOf(pcm: Int16Array): string {
  const samples = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Buffer.concat([wavHeader(1, SOUND_RATE_HZ, samples.byteLength), samples]).toString("base64");
}

/** Text and sound come in one choice or in two, depending on the server's version. */
const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          audio: z.object({ data: z.string(), transcript: z.string().nullish() }).nullish(),
        }),
      }),
    )
    .min(1)
    .max(8),
});

/** Reads the body of an answer. Rejects with `UpstreamError` when it is none, or its sound is no WAV. */
export async function chatAnswer(body: Buffer): Promise<Answer> {
  const parsed = parseJson(body, { maxBytes: body.byteLength, maxDepth: 32, maxKeys: 4_096 });
  if (!parsed.ok) throw new UpstreamError(`Covo-Audio's server gave no answer that can be read: ${parsed.problem}`);
  const { data, error } = completion.safeParse(parsed.value);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw new UpstreamError(
      `Covo-Audio's server gave no chat completion: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    );
  }
  const messages = data.choices.map(({ message }) => message);
  const texts = messages.flatMap(({ content, audio }) => [content, audio?.transcript]);
  const text = (texts.find((one) => one?.trim()) ?? "").trim().slice(0, MAX_TEXT);
  const sound = messages.find(({ audio }) => audio?.data)?.audio?.data;
  const pcm = sound === undefined ? new Int16Array(0) : await spokenIn(Buffer.from(sound, "base64"));
  return { text, pcm: pcm.length <= NOTHING_SAID_SAMPLES ? new Int16Array(0) : pcm.subarray(0, MAX_ANSWER_SAMPLES) };
}

async function spokenIn(bytes: Buffer): Promise<Int16Array> {
  const { pcm, rateHz } = recordingOf(bytes);
  const resampler = await createResampler(rateHz, ANSWER_RATE_HZ);
  try {
    return joined([resampler.push(pcm), resampler.flush()]);
  } finally {
    resampler.close();
  }
}

function recordingOf(bytes: Buffer): Recording {
  try {
    return decodeWav(bytes, "the sound that Covo-Audio's server sent");
  } catch (cause) {
    throw new UpstreamError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
