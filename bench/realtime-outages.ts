import { setTimeout as sleep } from "node:timers/promises";

import { wilson } from "../src/commands/eval/interval.ts";
import { type Benchmark, type Figure, percentile } from "./figures.ts";
import { shareOf } from "./shares.ts";
import { nowMs } from "./support/monotonic.ts";
import { frameOf } from "./support/realtime-client.ts";
import { type Peer, startPeer } from "./support/realtime-peer.ts";
import { reply } from "./support/realtime-replies.ts";
import { type Append, type FakeServer, fakeServer, type Line } from "./support/realtime-server.ts";

const OUTAGES_MS = [1_000, 30_000] as const;
/** Of each kind. */
const SESSIONS = 12;
const AFTERWARDS_MS = 5_000;
/** What has not come by then is lost; what comes is waited for, so that a slow machine loses nothing. */
const LOST_AFTER_MS = 20_000;
/** For what might be told a second time. */
const DOUBLED_WITHIN_MS = 2_000;
const FRAME_MS = 20;
const HANGING_UP_MS = 60_000;

/** What a car does to a connection: tunnels in the middle of a sentence and of a command, and a server that hangs up. */
export const realtimeOutages: Benchmark = {
  name: "realtime-outages",
  about:
    "a server that is gone for 1 s and for 30 s, then back; the whole agent and agents-realtime, as they are, " +
    `${SESSIONS} conversations of each kind side by side; beside them servers that accept and hang up, for 60 s`,
  run: async () => {
    const names = ["codriver", "codriver", "agents", "agents", "codriver-session"] as const;
    const peers = await Promise.all(names.map((name) => startPeer(name)));
    const [own1, own2, agents1, agents2, core] = peers as [Peer, Peer, Peer, Peer, Peer];
    const [short, long] = OUTAGES_MS;
    try {
      const outages = [survived(own1, short), survived(own2, long), survived(agents1, short), survived(agents2, long)];
      const hangUps = [hungUpOn(core, "cloud"), hungUpOn(core, "loopback"), hungUpOn(agents2, "none")];
      return (await Promise.all([...outages, ...hangUps])).flat();
    } finally {
      for (const peer of peers) peer.close();
    }
  },
};

const nameOf = ({ name }: Peer): string => (name === "agents" ? "agents-realtime" : "codriver");
const own = (peer: Peer, target: string): string => (peer.name === "codriver" ? target : "report");
const NEW = Array.from({ length: SESSIONS }, (_, index) => index);

async function survived(peer: Peer, outageMs: number): Promise<readonly Figure[]> {
  const [speech, calls] = await Promise.all([
    Promise.all(NEW.map((index) => cutSpeech(peer, outageMs, index))),
    Promise.all(
      NEW.flatMap((index) =>
        (["sent", "while away", "later"] as const).map((when) => cutCall(peer, outageMs, when, index)),
      ),
    ),
  ]);
  const what = (text: string): string => `${outageMs / 1000} s outage, ${text}: ${nameOf(peer)}`;
  const back = [...speech, ...calls].filter(({ backAfterMs }) => backAfterMs !== undefined);
  const n = speech.length + calls.length;
  const backMs = back.map(({ backAfterMs = Number.NaN }) => backAfterMs);
  const count = (told: (call: Call) => boolean) => shareOf(wilson(calls.filter(told).length, calls.length));
  const ages = speech.flatMap(({ agesMs }) => agesMs);
  const oldest = ages.length === 0 ? "no audio" : `${(Math.max(...ages) / 1000).toFixed(2)} s`;
  return [
    {
      what: what("connected again"),
      target: own(peer, "all"),
      measured:
        `${back.length} of ${n}` +
        (backMs.length > 0 ? `, after ${seconds(percentile(backMs, 0.5))} / ${seconds(Math.max(...backMs))}` : ""),
      n,
    },
    { what: what("results lost"), target: own(peer, "0"), measured: count(({ told }) => told === 0), n: calls.length },
    { what: what("results doubled"), target: own(peer, "0"), measured: count(({ told }) => told > 1), n: calls.length },
    { what: what("oldest microphone audio sent"), target: own(peer, "2 s"), measured: oldest, n: ages.length },
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

interface Outage {
  /** From the server's return; none when the client did not come. */
  readonly backAfterMs: number | undefined;
}

interface Speech extends Outage {
  /** Of each frame that the new session was sent. */
  readonly agesMs: readonly number[];
}

interface Call extends Outage {
  readonly told: number;
}

/** The driver speaks, is cut off, and goes on trying until the link is back. */
async function cutSpeech(peer: Peer, outageMs: number, index: number): Promise<Speech> {
  const conversation = `speech-${outageMs}-${index}`;
  const { server, line } = await begun(peer, conversation, {});
  await peer.takeWord(conversation);
  const first = 50 + 7 * index;
  // Of a long outage only the last seconds matter: the driver speaks before it and from then on.
  const quietMs = Math.max(0, outageMs - 4_000);
  const before = await peer.talk({ frames: first, everyMs: FRAME_MS }, conversation);
  const away = awayFor(server, outageMs);
  await sleep(quietMs);
  const frames = (outageMs - quietMs + AFTERWARDS_MS) / FRAME_MS;
  const speaking = peer.talk({ frames, everyMs: FRAME_MS, from: first }, conversation);
  const trying = setInterval(() => void peer.takeWord(conversation), 450);
  const captured = [...before, ...(await speaking)];
  clearInterval(trying);
  const backMs = await away;
  const later = server.lines.filter((each) => each !== line);
  const agesMs = later.flatMap(({ appends }) => appends.map((append) => ageOf(append, captured)));
  await ended(peer, conversation, server);
  return { backAfterMs: backAfter(later, backMs), agesMs };
}

/** How old it was when it came. Silence that follows a sentence was never captured. */
function ageOf({ atMs, mark }: Append, captured: readonly number[]): number {
  if (mark === 0) return 0;
  const latest = captured.findLastIndex((ms) => ms <= atMs);
  return atMs - (captured[frameOf(mark, latest)] ?? Number.NaN);
}

/** `sent`: the result has gone out, and no answer has come. `later`: it comes when the link is back. */
async function cutCall(
  peer: Peer,
  outageMs: number,
  when: "sent" | "while away" | "later",
  index: number,
): Promise<Call> {
  const conversation = `call-${outageMs}-${when}-${index}`;
  const callId = `${conversation}_id`;
  const toolMs = { sent: 20, "while away": 300, later: Math.min(outageMs + 2_500, 29_000) }[when] + 11 * index;
  const { server, line } = await begun(peer, conversation, { toolMs });
  line.send(...reply("resp_1", { itemId: "item_1", ms: 400, callId }));
  await line.through();
  if (when === "sent") await until(() => line.told.some(({ item }) => item?.call_id === callId), 5_000);
  const backMs = await awayFor(server, outageMs);
  const later = (): readonly Line[] => server.lines.filter((each) => each !== line);
  const tolds = (): number => Math.max(...later().map((each) => tellings(each, callId)), 0);
  // A peer that has not come back by then never does: it is not waited for any longer.
  await until(() => tolds() > 0, peer.name === "agents" ? AFTERWARDS_MS : LOST_AFTER_MS);
  await sleep(DOUBLED_WITHIN_MS);
  const told = tolds();
  await ended(peer, conversation, server);
  return { backAfterMs: backAfter(later(), backMs), told };
}

/** A line of the history that is told again is no telling of its own beside the note that asks for one. */
function tellings({ told }: Line, callId: string): number {
  const items = told.filter(({ item }) => JSON.stringify(item ?? "").includes(`done ${callId}`));
  const outputs = items.filter(({ item }) => item?.type === "function_call_output").length;
  return Math.max(outputs, items.length - outputs);
}

/** One after the other: many that begin at once hold each other up, which is not what is measured. */
function begun(peer: Peer, conversation: string, { toolMs = 0 }: { readonly toolMs?: number }) {
  const turn = (beginning.get(peer) ?? Promise.resolve()).then(async () => {
    const server = await fakeServer();
    const next = server.next();
    await peer.open({ url: server.url, pace: "fast", toolMs }, conversation);
    return { server, line: await next };
  });
  beginning.set(
    peer,
    turn.catch(() => undefined),
  );
  return turn;
}

const beginning = new WeakMap<Peer, Promise<unknown>>();

/** When it is back. */
async function awayFor(server: FakeServer, outageMs: number): Promise<number> {
  await server.goAway();
  await sleep(outageMs);
  await server.comeBack();
  return nowMs();
}

function backAfter(later: readonly Line[], backMs: number): number | undefined {
  const atMs = later[0]?.told[0]?.atMs;
  return atMs === undefined ? undefined : atMs - backMs;
}

async function ended(peer: Peer, conversation: string, server: FakeServer): Promise<void> {
  await peer.hangUp(conversation);
  await server.close();
}

async function until(check: () => boolean, withinMs: number): Promise<void> {
  const giveUpMs = nowMs() + withinMs;
  while (!check() && nowMs() < giveUpMs) await sleep(5);
}

/** Hung up on at once, and hung up on when the session was confirmed. */
async function hungUpOn(peer: Peer, backoff: "cloud" | "loopback" | "none"): Promise<readonly Figure[]> {
  const rude = await fakeServer({ hangsUp: true });
  const late = await fakeServer({ onTold: (line, { type }) => type === "session.update" && line.hangUp() });
  for (const server of [rude, late]) {
    const options = { url: server.url, pace: "fast", cloudBackoff: backoff === "cloud" } as const;
    // One that cannot connect may say so.
    await peer.open(options, server.url).catch(() => undefined);
  }
  await sleep(HANGING_UP_MS);
  const figures = [rude, late].map(({ lines }, index): Figure => {
    const perSecond = lines.length / (HANGING_UP_MS / 1000);
    const when = index === 0 ? "at once" : "when ready";
    const how = backoff === "none" ? "agents-realtime" : `codriver, back-off for a ${backoff}`;
    return {
      what: `connections to a server that hangs up ${when}: ${how}`,
      target: backoff === "none" ? "report" : "1 per s",
      measured: `${perSecond.toFixed(2)} per s`,
      n: lines.length,
    };
  });
  for (const server of [rude, late]) {
    await peer.hangUp(server.url).catch(() => undefined);
    await server.close();
  }
  return figures;
}
