import type { GrammarSpec } from "../understand/grammar.ts";
import { type Clipping, followClipping, isTooClipped, UNCLIPPED } from "./clipping.ts";
import { endpoint } from "./endpoint.ts";
import type { HearingEvent } from "./hearing.ts";
import type { LoadedGrammar, LoadGrammar } from "./load-grammar.ts";
import { followNoise, NO_NOISE, type NoiseFloor, snrOf } from "./noise-floor.ts";
import type { NoiseSuppressor } from "./noise-suppressor.ts";
import { afterOnset, afterUtterance, holdFor, isMoreTalk, STRANGER } from "./pauses.ts";
import type { Recogniser } from "./recogniser.ts";
import { type Judgement, judge, type Thresholds } from "./rejection.ts";
import type { VoiceModel } from "./silero.ts";
import { follow, type Utterance } from "./utterance.ts";
import { FRAME_MS, FRAME_SAMPLES, followVoice, QUIET, VOICE, type VoiceActivity } from "./voice-activity.ts";

/** Frames from before speech was certain, decoded with it: first sounds are weak, and the decoder wants some quiet before. */
const FRAMES_BEFORE = VOICE.startFrames + Math.round(300 / FRAME_MS);
/** Of a pause the decoder gets this much at once, the rest only when speech goes on: silence blurs its picture of the voice. */
const SILENT_FRAMES_DECODED = 4;
/** "Stop" is over before it has told how the voice sounds. */
const SETTLE_AFTER_FRAMES = 2;
/** A sentence that has not ended scores worse than it will. */
const HOPELESS_BELOW = 12;
/** What is rejected and was shorter than any command is the tail of the wake word, a cough or a click. */
const SHORTEST_SPEECH_MS = 320;

/** Speech that stands this little above the noise is decoded without the noise. */
const NOISY_BELOW_DB = 25;

/** The effective value of speech (-41 dBFS) that is lost in noise when there is any: what is heard of it is mostly noise. */
const FAINT = 300;

const UNINTELLIGIBLE: Judgement = { rejected: true, confidence: 0 };

export interface EarParts {
  readonly recogniser: Recogniser;
  readonly loadGrammar: LoadGrammar;
  readonly voice: VoiceModel;
  /** Asked when it is first noisy, and from then on. */
  readonly suppressor: () => Promise<NoiseSuppressor>;
  readonly thresholds: Thresholds;
  readonly emit: (event: HearingEvent) => void;
}

/** Listens to one stream, frame by frame. Nothing may be called while `frame` is under way. */
export class Ear {
  readonly #parts: EarParts;
  #grammar: LoadedGrammar;
  #awaited: GrammarSpec | undefined;
  #activity: VoiceActivity = QUIET;
  #before: readonly Int16Array[] = [];
  #noise: NoiseFloor = NO_NOISE;
  #suppressor: NoiseSuppressor | undefined;
  #snrDb = 0;
  #clipping: Clipping = UNCLIPPED;
  #habit = STRANGER;
  #utterance: Utterance | undefined;
  #held: readonly Int16Array[] = [];
  #atSample = 0;

  /** Throws a sentence when the grammar cannot be used. */
  constructor(parts: EarParts, spec: GrammarSpec) {
    this.#parts = parts;
    this.#grammar = parts.loadGrammar(spec);
  }

  /**
   * Takes 512 samples; `endSample` counts from the beginning of the stream. Where samples are missing the utterance is
   * forgotten: two halves of different sentences could make a third that nobody said.
   */
  async frame(pcm: Int16Array, endSample: number): Promise<void> {
    if (endSample - this.#atSample > FRAME_SAMPLES) this.clear();
    this.#atSample = endSample;
    const level = levelOf(pcm);
    this.#noise = followNoise(this.#noise, level);
    this.#activity = followVoice(this.#activity, await this.#parts.voice(pcm), level);
    if (this.#utterance !== undefined) {
      this.#listen(this.#utterance, pcm, endSample);
      return;
    }
    this.#before = [...this.#before, pcm].slice(-FRAMES_BEFORE);
    if (!this.#activity.speaking) return;
    const from = endSample - VOICE.startFrames * FRAME_SAMPLES;
    this.#parts.emit({ type: "speech-started", atMs: from / 16 });
    this.#habit = afterOnset(this.#habit, from / 16);
    this.#snrDb = snrOf(this.#noise, this.#activity.loudest);
    this.#suppressor = this.#snrDb < NOISY_BELOW_DB ? await this.#parts.suppressor() : undefined;
    this.#suppressor?.reset();
    this.#utterance = this.#begin(from, endSample);
  }

  /** Ends the utterance now, and reports it whatever it holds. */
  commit(atSample: number): void {
    this.#end(this.#utterance ?? this.#begin(atSample, atSample), atSample, true);
  }

  clear(): void {
    if (this.#utterance !== undefined) this.#parts.recogniser.finish(this.#grammar.ignored);
    this.#forget();
  }

  /** Takes effect between utterances. */
  setGrammar(wanted: GrammarSpec): void {
    this.#awaited = wanted;
    if (this.#utterance === undefined) this.#changeGrammar();
  }

  #begin(from: number, lastSpeech: number): Utterance {
    this.#parts.recogniser.start();
    this.#clipping = UNCLIPPED;
    for (const pcm of this.#before) this.#feed(pcm);
    this.#before = [];
    return { from, lastSpeech, text: "", completeness: "nothing", changedAt: from, longestPauseMs: 0 };
  }

  #decode(pcm: Int16Array, isLongSilence: boolean): void {
    this.#held = [...this.#held, pcm];
    if (isLongSilence) return;
    for (const frame of this.#held) this.#feed(frame);
    this.#held = [];
  }

  #feed(pcm: Int16Array): void {
    this.#clipping = followClipping(this.#clipping, pcm);
    this.#parts.recogniser.feed(this.#suppressor?.push(pcm) ?? pcm);
  }

  #listen(utterance: Utterance, pcm: Int16Array, endSample: number): void {
    const { recogniser, emit } = this.#parts;
    const { silentFrames } = this.#activity;
    this.#decode(pcm, silentFrames > SILENT_FRAMES_DECODED);
    if (silentFrames >= SETTLE_AFTER_FRAMES) recogniser.settle();
    const frame = { endSample, holdsSpeech: silentFrames === 0 };
    const next = follow(utterance, frame, recogniser, (text) => this.#grammar.completeness(text));
    this.#utterance = next;
    if (next.text !== utterance.text && next.text !== "") emit({ type: "partial", text: next.text });
    const verdict = endpoint({
      completeness: next.completeness,
      silenceMs: silentFrames * FRAME_MS,
      unchangedMs: (endSample - next.changedAt) / 16,
      utteranceMs: (endSample - next.from) / 16,
      holdMs: holdFor(this.#habit, next.longestPauseMs),
      isHopeless: () => this.#isHopeless(),
    });
    if (verdict === "end") this.#end(next, endSample, false);
    if (verdict === "forget") this.clear();
  }

  /** However well it fits something. */
  #isUnintelligible(): boolean {
    const isFaint = this.#activity.loudest < FAINT && this.#snrDb < NOISY_BELOW_DB;
    return isFaint || isTooClipped(this.#clipping);
  }

  #isHopeless(): boolean {
    const score = this.#parts.recogniser.partialScore(this.#grammar.ignored);
    return judge(score + HOPELESS_BELOW, this.#snrDb, this.#parts.thresholds).rejected;
  }

  /** Reports the utterance, unless it holds nothing that concerns anybody and nobody asked. */
  #end({ from, lastSpeech, text: partial, longestPauseMs }: Utterance, atSample: number, asked: boolean): void {
    const { recogniser, thresholds, emit } = this.#parts;
    const { text, score, endsInDoubt } = recogniser.finish(this.#grammar.ignored);
    const shorter = endsInDoubt ? text.replace(/ ?\S+$/, "") : text;
    const certain = this.#grammar.parse(shorter) === undefined ? text : shorter;
    const best = certain === "" ? partial : certain;
    const judgement = judge(score, this.#snrDb, thresholds, {
      severalWishes: (this.#grammar.parse(best)?.length ?? 0) > 1,
      moreTalk: isMoreTalk(this.#habit, from / 16),
    });
    const { rejected, confidence } = this.#isUnintelligible() ? UNINTELLIGIBLE : judgement;
    const isTooShort = this.#activity.speechFrames * FRAME_MS < SHORTEST_SPEECH_MS;
    const isNothing = this.#grammar.completeness(best) === "nothing" || (rejected && isTooShort);
    this.#forget();
    if (isNothing && !asked) return;
    const endMs = Math.max(from, lastSpeech) / 16;
    this.#habit = afterUtterance(this.#habit, { endMs, longestPauseMs, rejected });
    emit({ type: "speech-stopped", atMs: atSample / 16, endOfSpeechMs: endMs });
    emit({ type: "heard", text: best, rejected, score, confidence });
  }

  #forget(): void {
    this.#activity = QUIET;
    this.#before = [];
    this.#held = [];
    this.#utterance = undefined;
    this.#changeGrammar();
  }

  #changeGrammar(): void {
    if (this.#awaited === undefined) return;
    try {
      this.#grammar = this.#parts.loadGrammar(this.#awaited);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.emit({ type: "failed", reason: `The new phrases were refused, the old ones stay. ${reason}` });
    }
    this.#awaited = undefined;
  }
}

/** The effective value of a frame. */
function levelOf(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / pcm.length);
}
