import type { AudioFrame } from "../../audio/audio-frame.ts";
import type { AgentEvent } from "../../observability/agent-event.ts";
import type { Provider, ProviderCommand } from "../../session/provider.ts";

/** The wake gate's most pre-roll, 1.5 s: frames that old may belong to a span. */
const PRE_ROLL_FRAMES = 75;
/** How far back frames are remembered: the longest span and its pre-roll. */
const REMEMBERED_FRAMES = 50 * 200;

/**
 * Measures on the wire what the gate promises: it sits between codec and socket, knows each microphone frame by its
 * samples, and counts the bytes that belong to no open span. It believes neither the gate's types nor its timing.
 */
export class AudioMeter {
  readonly #frames = new Map<string, { readonly index: number; readonly capturedAt: number }>();
  readonly #closed: { from: number; to: number }[] = [];
  #openFrom: number | undefined;
  /** Counts the microphone's frames: what belongs to a span is a matter of order, not of clocks. */
  #newest = 0;
  #bytesBeforeWake = 0;
  #bytesInSpans = 0;
  readonly #delaysMs: number[] = [];

  /** Microphone bytes that went to a socket and belong to no open span. Must stay 0. */
  get bytesBeforeWake(): number {
    return this.#bytesBeforeWake;
  }

  get bytesInSpans(): number {
    return this.#bytesInSpans;
  }

  /** From the capture of each live frame (not of the pre-roll) to its way onto the wire; the newest 10,000. */
  get delaysMs(): readonly number[] {
    return this.#delaysMs;
  }

  /** Every frame of the microphone, before the gate. */
  captured({ pcm, capturedAt }: AudioFrame): void {
    this.#newest += 1;
    this.#frames.set(fingerprint(pcm), { index: this.#newest, capturedAt });
    if (this.#frames.size <= REMEMBERED_FRAMES) return;
    const oldest = this.#frames.keys().next();
    if (!oldest.done) this.#frames.delete(oldest.value);
  }

  /** Spans open and close by what the agent says it does; what was captured when is the microphone's word. */
  follow({ type }: AgentEvent): void {
    if (type === "gate-opened") this.#openFrom = this.#newest - PRE_ROLL_FRAMES;
    if (type !== "gate-closed" || this.#openFrom === undefined) return;
    this.#closed.push({ from: this.#openFrom, to: this.#newest });
    // Frames of older spans are forgotten, and would not be recognised.
    while ((this.#closed[0]?.to ?? Infinity) < this.#newest - REMEMBERED_FRAMES) this.#closed.shift();
    this.#openFrom = undefined;
  }

  /** The same provider; everything that it encodes for the wire is measured. */
  around(provider: Provider): Provider {
    return {
      ...provider,
      codec: () => {
        const codec = provider.codec();
        return {
          decode: (message) => codec.decode(message),
          encode: (command) => {
            this.#measure(command);
            return codec.encode(command);
          },
        };
      },
    };
  }

  #measure(command: ProviderCommand): void {
    if (command.type !== "send-audio" || command.pcm.every((sample) => sample === 0)) return;
    if (this.#belongsToSpan(command.pcm)) this.#bytesInSpans += command.pcm.byteLength;
    else this.#bytesBeforeWake += command.pcm.byteLength;
  }

  /** A resampled frame cannot be recognised by its samples: it counts as inside only while a span is open. */
  #belongsToSpan(pcm: Int16Array): boolean {
    const frame = this.#frames.get(fingerprint(pcm));
    if (frame === undefined) return this.#openFrom !== undefined;
    const { index, capturedAt } = frame;
    if (index === this.#newest) this.#delayed(performance.now() - capturedAt);
    if (this.#openFrom !== undefined && index > this.#openFrom) return true;
    return this.#closed.some(({ from, to }) => index > from && index <= to);
  }

  #delayed(ms: number): void {
    this.#delaysMs.push(ms);
    if (this.#delaysMs.length > REMEMBERED_FRAMES) this.#delaysMs.shift();
  }
}

function fingerprint(pcm: Int16Array): string {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString("latin1");
}
