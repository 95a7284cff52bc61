import type { SpeakerDevice } from "../../src/audio/speaker.ts";
import { soundingDevice } from "../sounding-device.ts";
import { nowMs } from "./monotonic.ts";
import type { ClientOptions, SinkLog } from "./realtime-client.ts";

export interface Sink extends SpeakerDevice {
  log(): SinkLog;
}

/** Where replies end up. */
export function openSink({ pace }: Pick<ClientOptions, "pace">): Sink {
  return pace === "fast" ? countingSink() : soundingSink();
}

function countingSink(): Sink {
  let [chunks, samples] = [0, 0];
  return {
    name: "counting",
    latencyMs: 0,
    write: (pcm) => {
      chunks += 1;
      samples += pcm.length;
    },
    flush: () => undefined,
    log: () => ({ chunks, samples, writes: [], stops: [], soundedMs: 0 }),
  };
}

function soundingSink(): Sink {
  const device = soundingDevice();
  const writes: { atMs: number; samples: number }[] = [];
  const stops: number[] = [];
  return {
    ...device,
    name: "sounding",
    write: (pcm) => {
      writes.push({ atMs: nowMs(), samples: pcm.length });
      device.write(pcm);
    },
    flush: () => {
      stops.push(nowMs());
      device.flush();
    },
    log: () => ({
      chunks: writes.length,
      samples: writes.reduce((sum, write) => sum + write.samples, 0),
      writes,
      stops,
      soundedMs: device.sounded().length / 24,
    }),
  };
}
