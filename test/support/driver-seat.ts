import { firstValueFrom, type Subscription, tap, toArray } from "rxjs";
import { expect, vi } from "vitest";

import { MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import type { Microphone } from "../../src/audio/microphone.ts";
import { joined } from "../../src/audio/resample.ts";
import { openStage, type Stage, type StageOptions } from "../../src/commands/drive/stage.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openSpeech } from "../../src/engine/speak/open-speech.ts";
import type { Speech, Voice } from "../../src/engine/speak/speech.ts";
import type { AgentEvent } from "../../src/observability/agent-event.ts";
import type { VehicleCommand } from "../../src/vehicle/command.ts";
import { stageOptions } from "./drive.ts";
import { type Mouth, mouth } from "./mouth.ts";

/** Sound comes faster than it was spoken; less so while it has to be understood. */
const SPEED = { asleep: 4, awake: 2 };
/** Longer than anything takes on a busy machine; what is stuck stays so for good. */
const PATIENCE = { timeout: 30_000, interval: 20 };
/** After this a driver says it again, and after this they go on though nothing shows that they are heard. */
const IMPATIENCE = { timeout: 8_000, interval: 20 };
const HASTE = { timeout: 2_500, interval: 20 };
const ATTEMPTS = 3;
/** Of 30 s in a car, so that nobody waits long for the gate to close. */
const OPEN_SECONDS = 5;
const LAMP = "Vehicle.Cabin.Light.AmbientLight.Row1.DriverSide.IsLightOn";

export interface SeatOptions extends Pick<StageOptions, "around"> {
  readonly through?: (microphone: Microphone) => Microphone;
  readonly follow?: (event: AgentEvent) => void;
  /** Keys of the configuration, and variables. */
  readonly config?: Readonly<Record<string, string | number>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** By default nobody is listened to after a reply. */
  readonly followUpSeconds?: number;
}

const itself = (microphone: Microphone): Microphone => microphone;

/** Samples of digital silence. */
export function silence(ms: number): Int16Array {
  return new Int16Array((ms * MIC_RATE_HZ) / 1000);
}

/** The whole agent in a simulated car, and somebody who can make any sound in it. */
export class DriverSeat {
  readonly mouth: Mouth = mouth(() => (this.#state() === "asleep" ? SPEED.asleep : SPEED.awake));
  /** All that the agent has told. */
  readonly events: AgentEvent[] = [];
  readonly #writes: string[] = [];
  readonly #commandIds = new Set<string>();
  readonly #running: Subscription[] = [];
  #stage: Stage | undefined;
  #speech: Speech | undefined;
  #failure: { readonly error: unknown } | undefined;

  async open(options: SeatOptions = {}): Promise<void> {
    const { around, through = itself, follow = () => undefined, followUpSeconds = 0, environment = {} } = options;
    const wake = { "wake.followUpSeconds": followUpSeconds, "wake.openSeconds": OPEN_SECONDS };
    const flags = Object.entries({ ...wake, ...options.config }).map(([key, value]) => ({
      key,
      value,
      from: "the test",
    }));
    const config = loadConfig(undefined, {}, flags);
    const given = { ...stageOptions({ scenario: "parked", speed: 4 }), config, environment, ...(around && { around }) };
    this.#speech = await openSpeech();
    const stage = await openStage({ ...given, microphone: through(this.mouth.microphone) });
    this.#stage = stage;
    const error = (cause: unknown): void => {
      this.#failure = { error: cause };
    };
    this.#running.push(
      stage.sim$.subscribe({
        next: (event) => event.type === "command" && this.#commanded(event.id, event.command),
        error,
      }),
      stage.agent$.pipe(tap(follow)).subscribe({ next: (event) => this.events.push(event), error }),
    );
    await vi.waitFor(() => {
      expect(this.events).toContainEqual(expect.objectContaining({ type: "ready" }));
      expect(this.events).toContainEqual({ type: "car", online: true });
    }, PATIENCE);
  }

  async close(): Promise<void> {
    for (const running of this.#running) running.unsubscribe();
    this.#speech?.close();
    await this.#stage?.close();
  }

  /** 16 kHz sound. */
  async spoken(text: string, voice: Voice = "rms"): Promise<Int16Array> {
    if (this.#speech === undefined) throw new Error("The seat is not open.");
    return joined(await firstValueFrom(this.#speech.speak({ text, voice, rateHz: MIC_RATE_HZ }).pipe(toArray())));
  }

  /** What has reached the car and no `obeysOnlyThis` has looked at yet, as `path=value`. */
  get writes(): readonly string[] {
    return this.#writes;
  }

  /** Says the wake word and waits until somebody listens, and has heard all that was said before. */
  async wake(): Promise<void> {
    const before = this.events.length;
    await this.mouth.play(joined([silence(200), await this.spoken("jarvis"), silence(300)]));
    await vi.waitFor(() => expect(this.wakes(before), this.story()).toBeGreaterThan(0), PATIENCE);
    const hasHeard = (): boolean =>
      this.events.slice(before).some((one) => one.type === "heard" && one.text.includes("jarvis"));
    await vi.waitFor(() => expect(hasHeard()).toBe(true), HASTE).catch(() => undefined);
  }

  /** Plays a sound and some quiet after it, and waits until the agent wants nothing but the wake word. */
  async hears(pcm: Int16Array): Promise<void> {
    await this.mouth.play(joined([pcm, silence(800)]));
    await this.asleep();
  }

  async asleep(): Promise<void> {
    await vi.waitFor(() => expect(this.#state(), this.story()).toBe("asleep"), PATIENCE);
  }

  /**
   * Somebody says the wake word and a command, twice or thrice if they must, and this is all that reaches the car, but
   * for what had been asked for before. After it the agent sleeps.
   */
  async obeysOnlyThis(...askedBefore: readonly string[]): Promise<void> {
    const isLit = !this.#isLit;
    const command = await this.spoken(`turn ${isLit ? "on" : "off"} the ambient light`);
    for (let attempt = 0; attempt < ATTEMPTS && this.#isLit !== isLit; attempt++) {
      await this.wake();
      await this.hears(command);
      await vi.waitFor(() => expect(this.#isLit).toBe(isLit), IMPATIENCE).catch(() => undefined);
    }
    await this.asleep();
    const asked = new RegExp(`AmbientLight.*IsLightOn=${isLit}$`);
    const unasked = this.#writes.splice(0).filter((write) => !askedBefore.includes(write) && !asked.test(write));
    expect(unasked, this.story()).toEqual([]);
    expect(this.#isLit, this.story()).toBe(isLit);
    expect(this.#stage?.meter.bytesBeforeWake).toBe(0);
  }

  /** How often the wake word has been heard since so many events. */
  wakes(since: number): number {
    return this.events.slice(since).filter(({ type }) => type === "woke").length;
  }

  /** What has happened lately, for the reader of a failure. */
  story(): string {
    const newest = this.events.slice(-80).map((event) => JSON.stringify(event));
    return ["", ...newest, ""].join("\n");
  }

  get #isLit(): boolean {
    return this.#stage?.signals().get(LAMP) === true;
  }

  /** What is sent again until it is accepted counts once. */
  #commanded(id: string, command: VehicleCommand): void {
    if (!this.#commandIds.has(id)) this.#writes.push(...writesOf(command));
    this.#commandIds.add(id);
  }

  #state(): string {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.events.findLast((event) => event.type === "state")?.state ?? "asleep";
  }
}

/** What a command writes, as `path=value`; a service by its name. */
function writesOf(command: VehicleCommand): readonly string[] {
  return command.type === "set-signals" ? command.ops.map(({ path, value }) => `${path}=${value}`) : [command.service];
}
