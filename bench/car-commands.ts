import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom, toArray } from "rxjs";

import { MIC_RATE_HZ } from "../src/audio/audio-frame.ts";
import { joined } from "../src/audio/resample.ts";
import { writeWav } from "../src/audio/wav.ts";
import { measureIntent } from "../src/commands/eval/intent.ts";
import { compiled, grammarOf } from "../src/commands/eval/tool-set.ts";
import { openSpeech } from "../src/engine/speak/open-speech.ts";
import { VOICES } from "../src/engine/speak/speech.ts";
import { sample } from "../src/engine/understand/samples.ts";
import type { Benchmark } from "./figures.ts";
import { shareOf } from "./shares.ts";

const SENTENCES = 200;

/** Sentences of the tools' own phrases, each in one of the synthetic voices, heard by the embedded ear. */
export const carCommands: Benchmark = {
  name: "car-commands",
  about: `${SENTENCES} sentences made of the tools' own phrases; voices ${VOICES.join(", ")} in turn`,
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), "codriver-bench-"));
    try {
      await writeSuite(folder);
      const options = { half: "all", kinds: ["command"], model: "auto", seed: 1 } as const;
      const clean = await measureIntent(folder, options);
      const brown = await measureIntent(folder, { ...options, noise: "brown", snr: 10 });
      return [
        { what: "right tool and every argument, clean", target: "96 %", measured: shareOf(clean.accuracy), n: clean.n },
        { what: "the same in brown noise, 10 dB", target: "93 %", measured: shareOf(brown.accuracy), n: brown.n },
        { what: "something else was done, clean", target: "report", measured: `${clean.faults}`, n: clean.n },
        { what: "something else was done, brown noise", target: "report", measured: `${brown.faults}`, n: brown.n },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** A suite as `codriver eval` reads it. */
async function writeSuite(folder: string): Promise<void> {
  const grammar = compiled(grammarOf(undefined));
  const speech = await openSpeech();
  const rows = ["file\tkind\ttranscript\tlabel"];
  try {
    for (let seed = 0; seed < SENTENCES; seed += 1) {
      const { text, calls } = sample(grammar, seed);
      const voice = VOICES[seed % VOICES.length] ?? "rms";
      const file = `${String(seed).padStart(3, "0")}-${voice}.wav`;
      const clauses = await firstValueFrom(speech.speak({ text, voice, rateHz: MIC_RATE_HZ }).pipe(toArray()));
      await writeWav(join(folder, file), [joined(clauses)], MIC_RATE_HZ);
      const label = JSON.stringify(calls.map(({ name, args }) => ({ intent: name, slots: args })));
      rows.push([file, "command", text, label].join("\t"));
    }
  } finally {
    speech.close();
  }
  writeFileSync(join(folder, "manifest.tsv"), `${rows.join("\n")}\n`);
}
