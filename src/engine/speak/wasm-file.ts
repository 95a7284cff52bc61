import { closeSync, openSync, readSync } from "node:fs";

const PREAMBLE_BYTES = 8;
const DATA_SECTION = 11;
const CUSTOM_SECTION = 0;
/** `i32.const`, which starts the address of a segment. */
const I32_CONST = 0x41;
/** Longest head of a section or a segment: its kind, two numbers of five bytes and two single bytes. */
const HEAD_BYTES = 16;

export interface WasmFile {
  /** A module without its data, to be compiled. */
  readonly code: Uint8Array;
  /** Where its data goes in an instance's memory, in order. */
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly address: number;
  readonly fileOffset: number;
  readonly byteLength: number;
}

/**
 * Reads a module but not its data. Of flite's 21 MB, 17 are voices and 4 are for debuggers; the compiler would keep a
 * copy of them all for as long as it runs. Throws on a module whose data is not at fixed addresses.
 */
export function readWasmFile(path: string): WasmFile {
  return withFile(path, (file) => {
    const kept: Uint8Array[] = [read(file, 0, PREAMBLE_BYTES)];
    let segments: readonly Segment[] = [];
    for (let at = PREAMBLE_BYTES; ; ) {
      const head = read(file, at, HEAD_BYTES);
      if (head.length === 0) return { code: Buffer.concat(kept), segments };
      const [byteLength, headEnd] = number(head, 1);
      const end = at + headEnd + byteLength;
      if (head[0] === DATA_SECTION) segments = readSegments(file, at + headEnd);
      else if (head[0] !== CUSTOM_SECTION) kept.push(read(file, at, end - at));
      at = end;
    }
  });
}

/** Puts the data where the module expects it. */
export function loadSegments(path: string, { segments }: WasmFile, memory: Uint8Array): void {
  withFile(path, (file) => {
    for (const { address, fileOffset, byteLength } of segments) readSync(file, memory, address, byteLength, fileOffset);
  });
}

function readSegments(file: number, start: number): readonly Segment[] {
  const [count, countEnd] = number(read(file, start, HEAD_BYTES), 0);
  let at = start + countEnd;
  return Array.from({ length: count }, () => {
    const head = read(file, at, HEAD_BYTES);
    if (head[0] !== 0 || head[1] !== I32_CONST) throw new Error("a segment of its data has no fixed address");
    const [address, addressEnd] = number(head, 2);
    // One byte ends the address.
    const [byteLength, headEnd] = number(head, addressEnd + 1);
    const segment = { address, fileOffset: at + headEnd, byteLength };
    at = segment.fileOffset + byteLength;
    return segment;
  });
}

function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(path, "r");
  try {
    return use(file);
  } catch (cause) {
    throw new Error(`Cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  } finally {
    closeSync(file);
  }
}

function read(file: number, position: number, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  return bytes.subarray(0, readSync(file, bytes, 0, byteLength, position));
}

/** A number in seven bits a byte, and where it ends. */
function number(bytes: Uint8Array, start: number): readonly [value: number, end: number] {
  let value = 0;
  for (let index = start; ; index++) {
    const byte = bytes[index];
    if (byte === undefined || index - start > 4) throw new Error("it is not a WebAssembly module, or a broken one");
    value += (byte & 0x7f) * 2 ** (7 * (index - start));
    if (byte < 0x80) return [value, index + 1];
  }
}
