import { readFile, stat, writeFile } from "node:fs/promises";
import wavefile from "wavefile";
import { AudioDeviceError } from "./audio-device-error.ts";

export const WAV_RATES_HZ = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;
export const WAV_HEADER_BYTES = 44;

const EXPECTED = `Expected a WAV file of PCM or float samples at ${WAV_RATES_HZ.map((hz) => hz / 1000).join(", ")} kHz.`;
/** Twenty minutes of 48 kHz stereo in 16 bits; it is all read into memory. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 65_534;
/** What the first word of an extensible header's sub-format says. */
const isExtensiblePcm = ({ audioFormat, subformat }: Format): boolean =>
  audioFormat === EXTENSIBLE && subformat[0] === PCM;

/** One channel of sound. */
export interface Recording {
  readonly pcm: Int16Array;
  readonly rateHz: number;
}

interface Format {
  readonly audioFormat: number;
  readonly numChannels: number;
  readonly sampleRate: number;
  readonly bitsPerSample: number;
  readonly subformat: readonly number[];
}

/**
 * Reads a PCM or float WAV file of any depth and mixes its channels to one.
 * Rejects with an `AudioDeviceError` "bad-file" that names the file, what was found and what is expected.
 */
export async function readWav(path: string): Promise<Recording> {
  return decodeWav(await readBytes(path), path);
}

/** As `readWav`, of what is in memory already; `name` is what its errors call it. Throws. */
export function decodeWav(bytes: Buffer, name: string): Recording {
  const wave = parse(name, bytes);
  const format = wave.fmt as Format;
  const { audioFormat, sampleRate, bitsPerSample } = format;

  if (audioFormat !== PCM && audioFormat !== FLOAT && !isExtensiblePcm(format)) {
    throw badFile(name, `its samples are coded in format ${audioFormat} with ${bitsPerSample} bits`);
  }
  if (!WAV_RATES_HZ.some((rateHz) => rateHz === sampleRate)) throw badFile(name, `its rate is ${sampleRate} Hz`);

  const pcm = mono(channelsOf(name, wave));
  if (pcm.length === 0) throw badFile(name, "it holds no samples");
  return { pcm, rateHz: sampleRate };
}

/** Writes 16-bit PCM. A channel that is shorter than the first ends in silence. */
export async function writeWav(path: string, channels: readonly Int16Array[], rateHz: number): Promise<void> {
  const samples = interleaved(channels);
  await writeFile(path, [wavHeader(channels.length, rateHz, samples.byteLength), new Uint8Array(samples.buffer)]);
}

/** The header of a file of 16-bit PCM. */
export function wavHeader(channelCount: number, rateHz: number, dataBytes: number): Uint8Array {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(channelCount, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * channelCount * 2, 28);
  header.writeUInt16LE(channelCount * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Sample by sample, as files want it; as long as the first channel. */
export function interleaved(channels: readonly Int16Array[]): Int16Array {
  const samples = new Int16Array((channels[0]?.length ?? 0) * channels.length);
  for (const [channel, pcm] of channels.entries()) {
    for (let index = 0; index * channels.length < samples.length; index++) {
      samples[index * channels.length + channel] = pcm[index] ?? 0;
    }
  }
  return samples;
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw badFile(path, `it has ${size} bytes, more than ${MAX_FILE_BYTES}`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof AudioDeviceError) throw cause;
    throw badFile(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function parse(path: string, bytes: Buffer): InstanceType<typeof wavefile.WaveFile> {
  if (bytes.length === 0) throw badFile(path, "it is empty");
  try {
    return new wavefile.WaveFile(bytes);
  } catch (cause) {
    throw badFile(path, `it is not a WAV file, or a broken one (${messageOf(cause)})`, cause);
  }
}

/** One array per channel, in 16 bits. */
function channelsOf(path: string, wave: InstanceType<typeof wavefile.WaveFile>): readonly Int16Array[] {
  const { numChannels, bitsPerSample } = wave.fmt as Format;
  const { samples } = wave.data as { samples: Uint8Array };
  // The library takes half a second for each minute; what needs no conversion is read as it is.
  if (wave.container === "RIFF" && bitsPerSample === 16) return deinterleaved(samples, numChannels);
  try {
    wave.toBitDepth("16");
    const channels = wave.getSamples(false, Int16Array) as unknown as Int16Array | Int16Array[];
    return Array.isArray(channels) ? channels : [channels];
  } catch (cause) {
    throw badFile(path, `its samples of ${bitsPerSample} bits cannot be read (${messageOf(cause)})`, cause);
  }
}

function deinterleaved(bytes: Uint8Array, channelCount: number): readonly Int16Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Math.floor(bytes.byteLength / 2 / channelCount);
  return Array.from({ length: channelCount }, (_, channel) =>
    Int16Array.from({ length }, (_sample, index) => view.getInt16(2 * (index * channelCount + channel), true)),
  );
}

function mono(channels: readonly Int16Array[]): Int16Array {
  const [first, ...others] = channels;
  if (first === undefined || others.length === 0) return first ?? new Int16Array(0);
  return first.map((sample, index) =>
    Math.round(others.reduce((sum, channel) => sum + (channel[index] ?? 0), sample) / channels.length),
  );
}

function badFile(path: string, found: string, cause?: unknown): AudioDeviceError {
  return new AudioDeviceError("bad-file", `Cannot use ${path}: ${found}. ${EXPECTED}`, { cause });
}

/** The library throws both errors and strings. */
function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
