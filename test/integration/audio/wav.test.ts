import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import wavefile from "wavefile";
import { AudioDeviceError } from "../../../src/audio/audio-device-error.ts";
import { readWav, wavHeader, writeWav } from "../../../src/audio/wav.ts";
import { sine } from "../../support/sine.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codriver-wav-"));
});

async function written(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function encoded(depth: string, rateHz: number, channels: number[] | number[][]): Uint8Array {
  const wave = new wavefile.WaveFile();
  wave.fromScratch(Array.isArray(channels[0]) ? channels.length : 1, rateHz, depth, channels as number[]);
  return wave.toBuffer();
}

async function refusal(path: string): Promise<string> {
  const error: unknown = await readWav(path).catch((reason: unknown) => reason);
  if (!(error instanceof AudioDeviceError)) throw new Error(`expected an AudioDeviceError, got ${String(error)}`);
  expect(error.code).toBe("bad-file");
  expect(error.message).toContain(path);
  expect(error.message).toContain("Expected a WAV file of PCM or float samples at 8, 16, 22.05, 24, 32, 44.1, 48 kHz.");
  return error.message;
}

describe("readWav", () => {
  test.for([
    ["8", [128, 191, 65]],
    ["16", [0, 16_384, -16_384]],
    ["24", [0, 4_194_304, -4_194_304]],
    ["32", [0, 1_073_741_824, -1_073_741_824]],
    ["32f", [0, 0.5, -0.5]],
    ["64", [0, 0.5, -0.5]],
  ] as const)("samples of %s bits", async ([depth, samples]) => {
    const { pcm, rateHz } = await readWav(await written(`depth-${depth}.wav`, encoded(depth, 22_050, [...samples])));
    expect(rateHz).toBe(22_050);
    for (const [index, expected] of [0, 16_384, -16_384].entries()) {
      expect(Math.abs((pcm[index] ?? 0) - expected)).toBeLessThanOrEqual(256);
    }
  });

  test.for(["16", "32f"])("channels of %s bits are mixed to one", async (depth) => {
    const scale = depth === "16" ? 1 : 1 / 32_768;
    const channels = [
      [1_000, 2_000, 30_000],
      [3_000, -2_000, 32_000],
    ].map((channel) => channel.map((sample) => sample * scale));
    const { pcm } = await readWav(await written(`stereo-${depth}.wav`, encoded(depth, 48_000, channels)));
    expect([...pcm].map((sample) => Math.round(sample / 10) * 10)).toStrictEqual([2_000, 0, 31_000]);
  });

  test("a recording that was cut off is read as far as it goes", async () => {
    const whole = encoded("16", 16_000, [...sine(440, 16_000, 0.5)]);
    const { pcm } = await readWav(await written("cut-off.wav", whole.subarray(0, 44 + 2_001)));
    expect(pcm).toStrictEqual(sine(440, 16_000, 0.5).subarray(0, 1_000));
  });

  test("a header that does not know its length is no hindrance", async () => {
    const endless = Buffer.concat([wavHeader(1, 16_000, 0), new Uint8Array(Int16Array.of(1, 2, 3).buffer)]);
    endless.writeUInt32LE(0xffff_ffff, 4);
    endless.writeUInt32LE(0xffff_ffff, 40);
    expect((await readWav(await written("endless.wav", endless))).pcm).toStrictEqual(Int16Array.of(1, 2, 3));
  });

  test.for<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(0), "it is empty"],
    ["text", Buffer.from("I am not a sound at all, whatever my name says."), "it is not a WAV file"],
    ["half a header", wavHeader(1, 16_000, 8).subarray(0, 30), "or a broken one"],
    ["no samples", wavHeader(1, 16_000, 0), "it holds no samples"],
    ["odd rate", Buffer.concat([wavHeader(1, 11_025, 4), new Uint8Array(4)]), "its rate is 11025 Hz"],
    ["no rate", Buffer.concat([wavHeader(1, 0, 4), new Uint8Array(4)]), "its rate is 0 Hz"],
    ["no channels", Buffer.concat([wavHeader(0, 16_000, 4), new Uint8Array(4)]), ": it"],
    ["a-law", encoded("8a", 8_000, [1, 2, 3]), "coded in format 6 with 8 bits"],
  ])("%s: refused, with the file and what is expected", async ([name, bytes, found]) => {
    expect(await refusal(await written(`${name}.wav`, bytes))).toContain(found);
  });

  test("a file that is not there, and a folder", async () => {
    expect(await refusal(join(folder, "missing.wav"))).toContain("no such file");
    expect(await refusal(folder)).toContain("directory");
  });
});

test("writeWav: what is written is read again, channels apart", async () => {
  const path = join(folder, "written.wav");
  await writeWav(path, [Int16Array.of(100, 200, 300), Int16Array.of(-100)], 24_000);
  expect(await readWav(path)).toStrictEqual({ pcm: Int16Array.of(0, 100, 150), rateHz: 24_000 });
});
