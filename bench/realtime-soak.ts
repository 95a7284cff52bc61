import { setTimeout as sleep } from "node:timers/promises";

import type { Benchmark, Figure } from "./figures.ts";
import type { ClientName } from "./support/realtime-client.ts";
import { startPeer } from "./support/realtime-peer.ts";
import { reply } from "./support/realtime-replies.ts";
import { fakeServer, type Line } from "./support/realtime-server.ts";
import { slopeOf } from "./support/slope.ts";

const SPEED = 30;
/** Until what is remembered up to a bound has reached it, and the compiler has seen everything. */
const WARM_UP_MINUTES = 20;
const CONVERSATION_MINUTES = WARM_UP_MINUTES + 20;
/** The driver speaks for 6 s, and is answered for 8 s; each fourth time the car is asked for something. */
const TURN_MS = 14_000;
const SPEECH_MS = 6_000;
const REPLY_MS = 8_000;
const SAMPLE_MS = 1_000;
const FRAMES_PER_TICK = 15;

/** Whether what was heard and said is ever let go of. */
export const realtimeSoak: Benchmark = {
  name: "realtime-soak",
  about:
    `${CONVERSATION_MINUTES} min of conversation at ${SPEED} times its pace: the microphone open throughout, and an ` +
    "answer of 8 s after each 6 s of speech, played as it comes; the heap after collections, over all but the first " +
    `${WARM_UP_MINUTES} min`,
  run: async () => (await Promise.all([soaked("codriver"), soaked("agents")])).flat(),
};

async function soaked(name: ClientName): Promise<readonly Figure[]> {
  let replies = 0;
  const answer = (asks: boolean): readonly unknown[] => {
    const id = ++replies;
    return reply(`resp_${id}`, { itemId: `item_${id}`, ms: REPLY_MS, ...(asks && { callId: `call_${id}` }) });
  };
  const server = await fakeServer({
    onTold: (line, { type }) => type === "response.create" && line.send(...answer(false)),
  });
  const peer = await startPeer(name, ["--expose-gc"]);
  const samples: { readonly hours: number; readonly used: number; readonly buffers: number }[] = [];
  try {
    const next = server.next();
    await peer.open({ url: server.url, pace: "fast" });
    const line = await next;
    const startedAt = performance.now();
    const frames = (CONVERSATION_MINUTES * 60_000) / 20;
    const speaking = { going: true };
    const microphone = peer
      .talk({ frames, everyMs: (FRAMES_PER_TICK * 20) / SPEED, perTick: FRAMES_PER_TICK, forgets: true })
      .finally(() => {
        speaking.going = false;
      });
    const takeWord = (): Promise<void> => (name === "codriver" ? peer.takeWord() : Promise.resolve());
    const turns = conversed({ line, speaking, takeWord, answer });
    while (speaking.going) {
      await sleep(SAMPLE_MS);
      const { used, buffers } = await peer.heap();
      samples.push({ hours: ((performance.now() - startedAt) / 3_600_000) * SPEED, used, buffers });
    }
    const captured = await microphone;
    const speed = (frames * 20) / ((captured.at(-1) ?? Number.NaN) - (captured[0] ?? Number.NaN));
    return figuresOf(name, samples, { speed, turns: await turns, heard: line.appends.length });
  } finally {
    peer.close();
    await server.close();
  }
}

interface Drive {
  readonly line: Line;
  readonly speaking: { readonly going: boolean };
  readonly takeWord: () => Promise<void>;
  readonly answer: (asks: boolean) => readonly unknown[];
}

async function conversed({ line, speaking, takeWord, answer }: Drive): Promise<number> {
  let turns = 0;
  while (speaking.going) {
    const item_id = `user_${++turns}`;
    await takeWord();
    line.send({ type: "input_audio_buffer.speech_started", event_id: "e", audio_start_ms: 0, item_id });
    await sleep(SPEECH_MS / SPEED);
    line.send(
      { type: "input_audio_buffer.speech_stopped", event_id: "e", audio_end_ms: 0, item_id },
      {
        type: "conversation.item.input_audio_transcription.completed",
        event_id: "e",
        item_id,
        content_index: 0,
        transcript: `Sentence ${turns} of a long drive, as long as sentences are.`,
      },
      ...answer(turns % 4 === 0),
    );
    await sleep((TURN_MS - SPEECH_MS) / SPEED);
  }
  return turns;
}

const MB = 1e6;

function figuresOf(
  name: ClientName,
  samples: readonly { readonly hours: number; readonly used: number; readonly buffers: number }[],
  { speed, turns, heard }: { readonly speed: number; readonly turns: number; readonly heard: number },
): readonly Figure[] {
  const whose = name === "codriver" ? "codriver" : "agents-realtime";
  const warm = samples.filter(({ hours }) => hours * 60 >= WARM_UP_MINUTES);
  const slope = (of: "used" | "buffers"): string => {
    const { perX, within } = slopeOf(warm.map((sample) => ({ x: sample.hours, y: sample[of] / MB })));
    return `${perX.toFixed(2)} ± ${within.toFixed(2)} MB/h, ${((warm.at(-1)?.[of] ?? 0) / MB).toFixed(1)} MB`;
  };
  const heardMinutes = ((heard * 20) / 60_000).toFixed(1);
  return [
    {
      what: `heap growth, and the heap at the end: ${whose}`,
      target: name === "codriver" ? "< 1 MB/h, or 0 within" : "report",
      measured: slope("used"),
      n: warm.length,
    },
    { what: `… of the buffers beside it: ${whose}`, target: "report", measured: slope("buffers"), n: warm.length },
    {
      what: `… with so much sound sent, at such a pace: ${whose}`,
      target: "report",
      measured: `${heardMinutes} min, ${speed.toFixed(1)} ×`,
      n: turns,
    },
  ];
}
