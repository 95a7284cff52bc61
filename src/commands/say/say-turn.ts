import {
  concat,
  endWith,
  filter,
  ignoreElements,
  type MonoTypeOperatorFunction,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  scan,
  connect as split,
  switchMap,
  take,
  takeWhile,
  tap,
  throwError,
  timeout,
  timer,
} from "rxjs";
import { z } from "zod";

import type { Broker, BrokerEvent, OutgoingMessage } from "../../mqtt/broker-link.ts";
import { parsePayload, presencePayload } from "../../mqtt/messages.ts";
import { type Topics, topics } from "../../mqtt/topics.ts";
import { MissingError, UsageError } from "../explain.ts";
import { STEP, type Step } from "./step.ts";
import { isAnswered, NOT_BEGUN, nextProgress, type TurnProgress } from "./turn-progress.ts";

/** What is retained comes at once. */
const LOOK_MS = 2_000;
const BUSY_MS = 20_000;
const TAKEN_MS = 8_000;
/** After an answer a second one may follow; without one, tools may take their time. */
const QUIET_MS = 3_000;
const PATIENCE_MS = 30_000;

export interface SayOptions {
  readonly broker: Broker;
  readonly root: string;
  readonly clientId: string;
  readonly text: string;
}

/**
 * Types one text to the agent below `root`, when it is idle, and follows the turn until it is over. Errors with
 * `MissingError` when there is no agent or it does not take the text, with `UsageError` when it says that it takes none,
 * and with `BrokerError`.
 */
export function sayTurn({ broker, root, clientId, text }: SayOptions): Observable<TurnProgress> {
  const t = topics(root);
  const subscriptions = [t.presence("agent"), t.agent("status"), t.agent("turn")].map((filter) => ({
    filter,
    qos: 1 as const,
  }));
  const message: OutgoingMessage = { topic: t.agent("text"), payload: { text }, qos: 1 };
  return broker.connect({ clientId, subscriptions }).pipe(
    tap(mustStand),
    split((events$) => {
      const agent$ = events$.pipe(agentOn(t));
      const steps$ = events$.pipe(stepsOn(t));
      const stays$ = agent$.pipe(tap(mustBeThere(root)), ignoreElements());
      return events$.pipe(
        filter((event) => event.type === "up"),
        take(1),
        switchMap(({ publish }) =>
          concat(
            agent$.pipe(
              whenItListens(root),
              tap(() => publish(message)),
              ignoreElements(),
            ),
            merge(stays$, followed(steps$).pipe(endWith(OVER))),
          ),
        ),
        takeWhile((progress): progress is TurnProgress => progress !== OVER),
      );
    }),
  );
}

const OVER = "over";

function mustStand(event: BrokerEvent): void {
  if (event.type === "down") throw event.error;
  if (event.type === "denied") {
    const what = `This user may not use ${event.topic} (${event.detail}).`;
    throw new MissingError(`${what} Choose one that may type, with --user: the role is hmi or tester.`);
  }
}

/** What is known of the agent. */
interface Agent {
  readonly online?: boolean;
  readonly state?: string;
  /** Whether it takes typed text; older agents do not say. */
  readonly typedTurns?: boolean;
}

const STATUS = z.looseObject({ state: z.string(), typedTurns: z.boolean().exactOptional() });

function agentOn(t: Topics): OperatorFunction<BrokerEvent, Agent> {
  return (events$) =>
    events$.pipe(
      filter((event) => event.type === "message"),
      map(({ message: { topic, payload } }): Agent => {
        if (topic === t.presence("agent")) {
          const parsed = parsePayload(presencePayload, payload);
          return parsed.ok ? { online: parsed.value.state === "online" } : {};
        }
        const parsed = topic === t.agent("status") ? parsePayload(STATUS, payload) : undefined;
        return parsed?.ok === true ? parsed.value : {};
      }),
      scan((agent, news) => ({ ...agent, ...news }), {} as Agent),
    );
}

function stepsOn(t: Topics): OperatorFunction<BrokerEvent, Step> {
  return (events$) =>
    events$.pipe(
      filter((event) => event.type === "message"),
      filter(({ message }) => message.topic === t.agent("turn") && !message.retained),
      mergeMap(({ message }) => {
        const parsed = parsePayload(STEP, message.payload);
        return parsed.ok ? [parsed.value] : [];
      }),
    );
}

/** Emits once, when there is an agent that takes text and has nothing else to do. */
function whenItListens(root: string): MonoTypeOperatorFunction<Agent> {
  return (agent$) =>
    agent$.pipe(
      tap(mustBeThere(root)),
      tap(mustTakeText),
      filter(({ online, state }) => online === true && state !== undefined),
      timeout({ first: LOOK_MS, with: () => giveUp(nobody(root)) }),
      filter(({ state }) => state === "idle"),
      timeout({ first: BUSY_MS, with: () => giveUp(BUSY) }),
      take(1),
    );
}

function giveUp(message: string): Observable<never> {
  return throwError(() => new MissingError(message));
}

const mustBeThere =
  (root: string) =>
  (agent: Agent): void => {
    if (agent.online === false) throw new MissingError(nobody(root));
  };

function mustTakeText({ typedTurns }: Agent): void {
  if (typedTurns === false) throw new UsageError(`This agent takes no typed text. ${TYPED_TURNS}`);
}

const TYPED_TURNS =
  "Typed turns are on in `codriver drive`, and off in `codriver run` unless its configuration allows them.";

const BUSY = `The agent has been busy for ${BUSY_MS / 1000} s: try again when it is idle.`;
const NOT_TAKEN = `The agent has not taken the text within ${TAKEN_MS / 1000} s. ${TYPED_TURNS}`;

const nobody = (root: string): string =>
  `No agent runs below ${root} on this broker: start one there, with \`codriver drive --broker URL\` or \`codriver run\`.`;

/** The turn step by step; completes when it is over. */
function followed(steps$: Observable<Step>): Observable<TurnProgress> {
  return steps$.pipe(
    scan(nextProgress, NOT_BEGUN),
    filter(({ step }) => step !== undefined),
    timeout({ first: TAKEN_MS, with: () => giveUp(NOT_TAKEN) }),
    split((progress$) =>
      merge(
        progress$,
        progress$.pipe(
          switchMap(patience),
          map(() => OVER),
        ),
      ),
    ),
    takeWhile((progress): progress is TurnProgress => progress !== OVER),
    takeWhile(({ ended }) => !ended, true),
  );
}

function patience(progress: TurnProgress): Observable<unknown> {
  return timer(isAnswered(progress) ? QUIET_MS : PATIENCE_MS);
}
