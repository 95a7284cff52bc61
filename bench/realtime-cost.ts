import { setTimeout as sleep } from "node:timers/promises";

import { type Benchmark, type Figure, percentile } from "./figures.ts";
import type { ClientName } from "./support/realtime-client.ts";
import { type Peer, startPeer } from "./support/realtime-peer.ts";
import { audioDelta, began, CHUNK_MS, ended, reply } from "./support/realtime-replies.ts";
import { type FakeServer, fakeServer, type Line } from "./support/realtime-server.ts";

const CLIENTS: readonly ClientName[] = ["ws", "codriver-session", "codriver-playback", "agents"];
const ROUNDS = 9;
/** Of 8 s each. */
const REPLIES_PER_ROUND = 12;
const WARM_UP_REPLIES = 40;
const REPLY_MS = 8_000;
const PACED_SECONDS = 16;

/** What each 40 ms of a reply cost in processor time, from the socket to a device that plays nothing. */
export const realtimeCost: Benchmark = {
  name: "realtime-cost",
  about:
    `replies in chunks of ${CHUNK_MS} ms to each client in its own process; bursts of ${REPLIES_PER_ROUND} × 8 s in ` +
    `${ROUNDS} interleaved rounds after a warm-up, then ${PACED_SECONDS} s at the pace of speech, all clients at once`,
  run: async () => [...(await burst()), ...(await paced())],
};

interface Measured {
  readonly name: ClientName;
  readonly peer: Peer;
  readonly line: Line;
  readonly values: number[];
}

async function burst(): Promise<readonly Figure[]> {
  return withClients("fast", async (clients) => {
    let count = 0;
    const bursts = async ({ line }: Measured, replies: number): Promise<void> => {
      for (let index = 0; index < replies; index += 1) {
        count += 1;
        line.send(...reply(`resp_${count}`, { itemId: `item_${count}`, ms: REPLY_MS }));
        await line.through();
      }
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const client of rotated(clients, round)) {
        const before = await client.peer.cpuMs();
        await bursts(client, REPLIES_PER_ROUND);
        const usedMs = (await client.peer.cpuMs()) - before;
        client.values.push((usedMs * 1000) / ((REPLIES_PER_ROUND * REPLY_MS) / CHUNK_MS));
      }
    }
    return figuresOf(clients, "in bursts", "µs");
  });
}

/** A chunk when it is due, to all clients alike; what counts here is how often each wakes up. */
async function paced(): Promise<readonly Figure[]> {
  return withClients("real-time", async (clients) => {
    const item = { itemId: "item", ms: 0 };
    for (const { line } of clients) line.send(...began("resp", item));
    const startedAt = performance.now();
    let before = await Promise.all(clients.map(({ peer }) => peer.cpuMs()));
    for (let chunk = 1; chunk <= (PACED_SECONDS * 1000) / CHUNK_MS; chunk += 1) {
      for (const { line } of clients) line.send(audioDelta("resp", item.itemId));
      await sleep(Math.max(0, startedAt + chunk * CHUNK_MS - performance.now()));
      if (chunk % (1000 / CHUNK_MS) > 0) continue;
      const now = await Promise.all(clients.map(({ peer }) => peer.cpuMs()));
      // The first seconds are those of a device that starts.
      if (chunk > 2 * (1000 / CHUNK_MS))
        for (const [index, { values }] of clients.entries())
          values.push((((now[index] ?? 0) - (before[index] ?? 0)) * 1000) / (1000 / CHUNK_MS));
      before = now;
    }
    for (const { line } of clients) line.send(...ended("resp", item));
    return figuresOf(clients, "at the pace of speech", "µs");
  });
}

async function withClients<Result>(
  pace: "fast" | "real-time",
  use: (clients: readonly Measured[]) => Promise<Result>,
): Promise<Result> {
  const server = await fakeServer();
  const clients: Measured[] = [];
  try {
    for (const name of CLIENTS) {
      const peer = await startPeer(name);
      await warmedUp(peer, server);
      const connected = server.next();
      await peer.open({ url: server.url, pace: name === "codriver-playback" ? pace : "fast" });
      clients.push({ name, peer, line: await connected, values: [] });
    }
    return await use(clients);
  } finally {
    for (const { peer } of clients) peer.close();
    await server.close();
  }
}

/** In a conversation of its own, so that nothing of it waits to be played. */
async function warmedUp(peer: Peer, server: FakeServer): Promise<void> {
  const connected = server.next();
  await peer.open({ url: server.url, pace: "fast" }, "warm-up");
  const line = await connected;
  for (let index = 0; index < WARM_UP_REPLIES; index += 1) {
    line.send(...reply(`warm_${index}`, { itemId: `warm_item_${index}`, ms: REPLY_MS }));
    await line.through();
  }
  await peer.hangUp("warm-up");
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

const NAMES: Readonly<Record<ClientName, string>> = {
  ws: "bare ws client",
  "codriver-session": "codriver, session alone",
  "codriver-playback": "codriver, session and playback",
  codriver: "codriver",
  agents: "agents-realtime, session",
};

function figuresOf(clients: readonly Measured[], how: string, unit: string): readonly Figure[] {
  const bare = clients.find(({ name }) => name === "ws")?.values ?? [];
  return clients.map(({ name, values }) => {
    const ratios = values.map((value, round) => value / (bare[round] ?? Number.NaN));
    const cost = `${percentile(values, 0.5).toFixed(0)} ${unit}`;
    const ratio = name === "ws" ? "" : `, ${percentile(ratios, 0.5).toFixed(2)} × (${low(ratios)}–${high(ratios)})`;
    return {
      what: `CPU per chunk ${how}: ${NAMES[name]}`,
      target: name === "codriver-playback" ? "1.25 × the bare one" : "report",
      measured: cost + ratio,
      n: values.length,
    };
  });
}

const low = (values: readonly number[]): string => Math.min(...values).toFixed(2);
const high = (values: readonly number[]): string => Math.max(...values).toFixed(2);
