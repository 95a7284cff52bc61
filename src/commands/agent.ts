import {
  auditTime,
  combineLatest,
  distinctUntilChanged,
  EMPTY,
  filter,
  ignoreElements,
  type MonoTypeOperatorFunction,
  map,
  merge,
  type Observable,
  Subject,
  share,
  take,
  tap,
} from "rxjs";

import { FRAME_MS, MIC_RATE_HZ } from "../audio/audio-frame.ts";
import type { Microphone } from "../audio/microphone.ts";
import type { Speaker } from "../audio/speaker.ts";
import { compose, type SoundWitness } from "../compose.ts";
import type { Config } from "../config/schema.ts";
import type { VehicleLink } from "../mqtt/vehicle-link.ts";
import { type AgentEvent, withoutWords } from "../observability/agent-event.ts";
import { compileInstructions } from "../persona/instructions.ts";
import type { Persona } from "../persona/persona.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { createOutbox } from "../policy/outbox.ts";
import type { SpeechEar } from "../session/local-speech.ts";
import type { Provider } from "../session/provider.ts";
import type { SessionSpec } from "../session/session-command.ts";
import { speakingAs } from "../session/speaking-as.ts";
import { behavior } from "../shared/behavior.ts";
import { enginePhrases, TOOLS, toolSpecs } from "../tools/index.ts";
import { LISTS } from "../tools/lists.ts";
import { toolDesk } from "../tools/tool-desk.ts";
import type { Turn } from "../turn/turn.ts";
import { contextChanges } from "../vehicle/context.ts";
import { withinBudget } from "../vehicle/context-budget.ts";
import type { CarCatalogue } from "../vehicle/vehicle-bus.ts";
import { vehicleState } from "../vehicle/vehicle-state.ts";
import type { Ears } from "./open-ears.ts";

/** Often enough for what a model says about the car; each look makes all the texts anew. */
const LOOK_EVERY_MS = 1_000;
const FRAMES_PER_SECOND = 1000 / FRAME_MS;

/** Everything that one agent is made of; who starts it chooses the adapters. */
export interface AgentParts {
  readonly config: Config;
  readonly persona: Persona;
  readonly provider: Provider;
  /** Goes on while the provider cannot be reached. */
  readonly fallback?: Provider;
  /** Hears when the driver speaks, for a provider that does not tell. */
  readonly speech?: SpeechEar;
  readonly microphone: Microphone;
  readonly speaker$: Speaker;
  readonly ears: Omit<Ears, "close">;
  readonly car: VehicleLink;
  /** A UUID made at process start. */
  readonly instance: string;
  readonly pace: "real-time" | "fast";
  /** Whether typed turns may come in over MQTT. */
  readonly typedTurns: boolean;
  readonly witness?: SoundWitness;
}

/** The agent on its car: runs while subscribed, and says on MQTT what it is doing. */
export function agent(parts: AgentParts): Observable<AgentEvent> {
  const { config, persona, car, microphone, speaker$, ears, provider, fallback, speech, instance, pace, witness } =
    parts;
  const problems$ = new Subject<AgentEvent>();
  const vehicle$ = vehicleState(car.bus);
  const catalogue$ = behavior<CarCatalogue | undefined>(car.bus.catalogue$, undefined);
  const desk = toolDesk({
    tools: TOOLS,
    policy: loadPolicy(),
    outbox: createOutbox({ link: car.link, gateway$: car.bus.gateway$ }),
    snapshot: () => vehicle$.value,
    catalogue: () => catalogue$.value,
    instance,
    seat: config.audio.zone,
    onError: (error) => problems$.next({ type: "problem", where: "tool", message: String(error) }),
  });
  const typed$ = parts.typedTurns ? car.say.text$.pipe(map(({ text }) => text)) : EMPTY;
  const context$ = vehicle$.pipe(auditTime(LOOK_EVERY_MS), contextChanges(), withinBudget());
  const events$ = compose(
    {
      microphone,
      ...ears,
      provider,
      ...(fallback && { fallback: speakingAs(fallback, persona.voices.local) }),
      ...(speech && { speech }),
      speaker$,
      desk,
      context$,
      typed$,
      ...(witness && { witness }),
    },
    {
      session: sessionSpec(parts),
      gate: {
        preRollFrames: Math.round(config.wake.preRollSeconds * FRAMES_PER_SECOND),
        maxOpenMs: config.wake.openSeconds * 1000,
      },
      offlineNotice: persona.wording.offline[0] ?? "",
      followUpMs: config.wake.followUpSeconds * 1000,
      pace,
    },
  );
  const known$ = merge(vehicle$, catalogue$).pipe(ignoreElements());
  return merge(known$, events$, problems$, newsOf(car), deafness(ears)).pipe(published(parts), share());
}

/** What happens on the way to the car. */
function newsOf(car: VehicleLink): Observable<AgentEvent> {
  const car$ = combineLatest([car.bus.gateway$, car.bus.heartbeat$.pipe(take(1))]).pipe(
    map(([{ state }]): AgentEvent => ({ type: "car", online: state === "online" })),
  );
  const faults$ = car.faults$.pipe(
    map(
      ({ reason, topic, detail }): AgentEvent => ({
        type: "problem",
        where: "mqtt",
        message: `${reason} on ${topic}: ${detail}`,
      }),
    ),
  );
  const outages$ = car.broker$.pipe(
    map((broker) => (broker.up ? "" : broker.error.message)),
    distinctUntilChanged(),
    filter((message) => message !== ""),
    map((message): AgentEvent => ({ type: "problem", where: "broker", message })),
  );
  return merge(car$, faults$, outages$);
}

function deafness({ problems$ }: AgentParts["ears"]): Observable<AgentEvent> {
  return problems$.pipe(map((message): AgentEvent => ({ type: "problem", where: "microphone", message })));
}

function sessionSpec({ config, persona, provider }: AgentParts): SessionSpec {
  const wakeWord = config.wake.word;
  const voices: Readonly<Record<string, string | undefined>> = persona.voices;
  return {
    instructions: compileInstructions(persona, wakeWord),
    voice: voices[provider.name] ?? persona.voices.local,
    tools: toolSpecs(TOOLS),
    engine: {
      phrases: Object.fromEntries(
        Object.entries(enginePhrases(TOOLS)).map(([name, phrases]) => [name, { ...phrases }]),
      ),
      lists: LISTS,
      wording: persona.wording,
      wakeWord,
      inputRateHz: MIC_RATE_HZ,
    },
  };
}

/** `agent/status` follows the state, from the start: what is retained may be of an agent that is gone. `agent/turn` gets each step, words only where they are allowed. */
function published({ car, config, typedTurns }: AgentParts): MonoTypeOperatorFunction<AgentEvent> {
  const { say } = car;
  const { transcripts } = config.privacy;
  const tellStatus = (state: Turn["state"]): void => say.status(state === "asleep" ? "idle" : state, { typedTurns });
  return (events$) =>
    events$.pipe(
      tap({
        subscribe: () => tellStatus("asleep"),
        next: (event) => {
          if (event.type === "state") tellStatus(event.state);
          else if ("turn" in event && event.turn > 0) say.turn(transcripts ? event : withoutWords(event));
        },
      }),
    );
}
