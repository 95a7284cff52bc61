import { setTimeout as sleep } from "node:timers/promises";

import { type Benchmark, type Figure, p50p99, percentile } from "./figures.ts";
import { nowMs } from "./support/monotonic.ts";
import type { ClientName, SinkLog } from "./support/realtime-client.ts";
import { type Peer, startPeer } from "./support/realtime-peer.ts";
import { audioDelta, began, CHUNK_MS, ended, reply, type SaidItem } from "./support/realtime-replies.ts";
import { type FakeServer, fakeServer, type Line, type Told } from "./support/realtime-server.ts";

const FRAMES = 500;
const STOPS = 16;
/** Sound that was under way when the server noticed somebody. */
const IN_FLIGHT_MS = 360;
const CUTS_PER_COUNT = 6;
const ITEM_MS = 600;
const SETTLED_MS = 150;

/** The ways through a session: a microphone's frame to the wire, a server's signal to silence, an interruption to what the model is told. */
export const realtimePaths: Benchmark = {
  name: "realtime-paths",
  about:
    "the whole agent and agents-realtime against one scripted server, each in its own process; " +
    `${FRAMES} frames in real time; ${STOPS} signals with ${IN_FLIGHT_MS} ms still to come; replies of ${ITEM_MS} ms an item`,
  run: async () => {
    const peers = [await startPeer("codriver"), await startPeer("agents"), await startPeer("ws")] as const;
    const [codriver, agents] = peers;
    try {
      return [
        ...(await microphoneToWire(peers)),
        ...(await Promise.all([stops(codriver), stops(agents)])).flat(),
        ...(await Promise.all([cuts(codriver), cuts(agents)])).flat(),
      ];
    } finally {
      for (const peer of peers) peer.close();
    }
  },
};

const NAMES: Partial<Record<ClientName, string>> = { agents: "agents-realtime", ws: "bare ws client" };
const nameOf = ({ name }: Peer): string => NAMES[name] ?? name;
const own = (peer: Peer, target: string): string => (peer.name === "codriver" ? target : "report");

/** All at once, each at its own moment of the 20 ms. */
async function microphoneToWire(peers: readonly Peer[]): Promise<readonly Figure[]> {
  const server = await fakeServer();
  const measured = peers.map(async (peer, index) => {
    const line = await connected(peer, server, "microphone");
    await sleep(300 + index * 7);
    await peer.takeWord("microphone");
    const captured = await peer.talk({ frames: FRAMES, everyMs: 20 }, "microphone");
    await line.through();
    await peer.hangUp("microphone");
    const delays = captured.map((atMs, frame) => (line.appends[frame]?.atMs ?? Number.NaN) - atMs);
    const lost = delays.filter(Number.isNaN).length;
    return {
      what: `microphone frame → wire, p50 / p99: ${nameOf(peer)}`,
      target: own(peer, "1 / 5 ms"),
      measured: p50p99(delays.filter((delay) => !Number.isNaN(delay))) + (lost > 0 ? `, ${lost} lost` : ""),
      n: delays.length,
    };
  });
  const figures = await Promise.all(measured);
  await server.close();
  return figures;
}

/** Lines one after the other: who connects is waited for before the next does. */
async function connected(peer: Peer, server: FakeServer, conversation: string, toolMs = 0): Promise<Line> {
  const before = connecting.get(server) ?? Promise.resolve();
  const line = before.then(async () => {
    const next = server.next();
    await peer.open({ url: server.url, pace: "real-time", toolMs }, conversation);
    return next;
  });
  connecting.set(
    server,
    line.catch(() => undefined),
  );
  return line;
}

const connecting = new WeakMap<FakeServer, Promise<unknown>>();

interface Stop {
  /** From the signal to when the sink was told to be silent; none when it never was. */
  readonly toldMs: number | undefined;
  readonly lastSampleMs: number;
  readonly lateMs: number;
}

async function stops(peer: Peer): Promise<readonly Figure[]> {
  const server = await fakeServer();
  const measured: Stop[] = [];
  for (let index = 0; index < STOPS; index += 1) {
    const conversation = `stop-${index}`;
    const line = await connected(peer, server, conversation);
    const item = { itemId: `item_${index}`, ms: 4_000 };
    const chunks = (ms: number) => Array.from({ length: ms / CHUNK_MS }, () => audioDelta("resp", item.itemId));
    line.send(...began("resp", item), ...chunks(2_000));
    await sleep(300 + 23 * index);
    const signalMs = nowMs();
    line.send({ type: "input_audio_buffer.speech_started", event_id: "e", audio_start_ms: 0, item_id: "user" });
    for (let late = 0; late < IN_FLIGHT_MS; late += CHUNK_MS) {
      await sleep(5);
      line.send(audioDelta("resp", item.itemId));
    }
    line.send(...ended("resp", item, "cancelled"));
    await line.through();
    await sleep(SETTLED_MS);
    measured.push(stopOf(await peer.sink(conversation), signalMs));
    await peer.hangUp(conversation);
  }
  await server.close();
  return stopFigures(peer, measured);
}

function stopOf({ writes, stops: told }: SinkLog, signalMs: number): Stop {
  const stopMs = told.find((atMs) => atMs > signalMs);
  const after = writes.filter(({ atMs }) => atMs > signalMs);
  const late = after.filter(({ atMs }) => stopMs === undefined || atMs > stopMs);
  return {
    toldMs: stopMs === undefined ? undefined : stopMs - signalMs,
    lastSampleMs: Math.max(0, ...after.map(({ atMs }) => atMs - signalMs)),
    lateMs: late.reduce((sum, { samples }) => sum + samples, 0) / 24,
  };
}

function stopFigures(peer: Peer, measured: readonly Stop[]): readonly Figure[] {
  const told = measured.map(({ toldMs }) => toldMs).filter((ms) => ms !== undefined);
  const unheard = measured.length - told.length;
  const last = measured.map(({ lastSampleMs }) => lastSampleMs);
  return [
    {
      what: `server's signal → silence, p50 / p99: ${nameOf(peer)}`,
      target: own(peer, "5 ms"),
      measured: told.length === 0 ? "never" : p50p99(told) + (unheard > 0 ? `, ${unheard} × never` : ""),
      n: measured.length,
    },
    {
      what: `… → last reply sample handed over, p50 / p99: ${nameOf(peer)}`,
      target: own(peer, "5 ms"),
      measured: p50p99(last),
      n: measured.length,
    },
    {
      what: `… late sound after the silence, in all: ${nameOf(peer)}`,
      target: own(peer, "0 ms"),
      measured: `${measured.reduce((sum, { lateMs }) => sum + lateMs, 0).toFixed(0)} ms`,
      n: measured.length,
    },
  ];
}

/** What is heard when somebody interrupts a preamble, the answer behind it, and the one behind that. */
async function cuts(peer: Peer): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const items of [1, 2, 3]) {
    const errors: number[] = [];
    let wrong = 0;
    for (let index = 0; index < CUTS_PER_COUNT; index += 1) {
      const afterMs = (items * ITEM_MS * (index + 0.5)) / CUTS_PER_COUNT;
      const { told, heardMs } = await interrupted(peer, items, afterMs);
      const truth = itemsOf(items).map((_, at) => Math.min(ITEM_MS, Math.max(0, heardMs - at * ITEM_MS)));
      const believed = itemsOf(items).map(({ itemId }) => believedOf(told, itemId));
      errors.push(Math.max(...truth.map((ms, at) => Math.abs(ms - (believed[at] ?? 0)))));
      const playing = itemsOf(items)[Math.min(items - 1, Math.floor(heardMs / ITEM_MS))]?.itemId;
      if (told.every(({ item_id }) => item_id !== playing)) wrong += 1;
    }
    figures.push({
      what: `truncation error on ${items} item${items > 1 ? "s" : ""}, p50 / worst: ${nameOf(peer)}`,
      target: own(peer, "20 ms, 0 wrong items"),
      measured: `${percentile(errors, 0.5).toFixed(0)} / ${percentile(errors, 1).toFixed(0)} ms, ${wrong} × wrong item`,
      n: errors.length,
    });
  }
  return figures;
}

const itemsOf = (count: number): readonly SaidItem[] =>
  Array.from({ length: count }, (_, index) => ({
    itemId: `item_${index}`,
    ms: ITEM_MS,
    // Each but the last asks something of the car, and the next tells what came of it.
    ...(index < count - 1 && { callId: `call_${index}` }),
  }));

function believedOf(told: readonly Told[], itemId: string): number {
  const cut = told.find(({ item_id }) => item_id === itemId);
  if (cut === undefined) return ITEM_MS;
  return cut.type === "conversation.item.delete" ? 0 : (cut.audio_end_ms ?? Number.NaN);
}

async function interrupted(peer: Peer, items: number, afterMs: number) {
  const queue = [...itemsOf(items)];
  let count = 0;
  const say = (line: Line): void => {
    const item = queue.shift();
    if (item !== undefined) line.send(...reply(`resp_${count++}`, item));
  };
  const server = await fakeServer({ onTold: (line, { type }) => type === "response.create" && say(line) });
  const conversation = `cut-${items}-${afterMs}`;
  const line = await connected(peer, server, conversation, 20);
  say(line);
  await until(async () => (await peer.sink(conversation)).writes.length > 0);
  const startMs = (await peer.sink(conversation)).writes[0]?.atMs ?? Number.NaN;
  await sleep(Math.max(0, startMs + afterMs - nowMs()));
  await peer.takeWord(conversation);
  await sleep(SETTLED_MS);
  await line.through();
  const { soundedMs: heardMs } = await peer.sink(conversation);
  await peer.hangUp(conversation);
  await server.close();
  const cutting = ["conversation.item.truncate", "conversation.item.delete"];
  return { told: line.told.filter(({ type }) => cutting.includes(type)), heardMs };
}

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await sleep(10);
}
