export interface WasiHost {
  /** What the program imports as `wasi_snapshot_preview1`. */
  readonly imports: WebAssembly.ModuleImports;
  /** Runs the program's entry and returns the one file that it wrote. Throws when it exits with a code. */
  run(memory: WebAssembly.Memory, args: readonly string[], start: () => void): Uint8Array;
  /** The end of what the last run wrote to its terminal, 2,000 characters at most. */
  printed(): string;
}

const OK = 0;
const BAD_FILE = 8;
const ROOT_FD = 3;
const FILE_FD = 4;
const DIRECTORY = 3;
const REGULAR_FILE = 4;
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn;
/** Five minutes of 16 kHz speech: ten times more than a clause can take. */
const MAX_FILE_BYTES = 10_000_000;
const MAX_TERMINAL_CHARS = 2_000;

/** One run of the program. A view is made anew for each call, because memory that grows gets a new buffer. */
interface Run {
  readonly args: readonly Uint8Array[];
  readonly view: () => DataView;
  readonly file: Uint8Array[];
  fileBytes: number;
  terminal: string;
}

const NOT_RUNNING: Run = {
  args: [],
  view: () => new DataView(new ArrayBuffer(0)),
  file: [],
  fileBytes: 0,
  terminal: "",
};

/**
 * The few system calls that a program needs to read its arguments and write one file, which is kept in memory.
 * `node:wasi` would do as well, but it warns on the terminal of whoever starts it and needs a real folder to write to.
 */
export function wasiHost(program: string): WasiHost {
  let current = NOT_RUNNING;
  const running = (): Run => current;

  return {
    imports: { ...argumentCalls(running), ...folderCalls(running), ...fileCalls(running) },
    run: (memory, args, start) => {
      current = {
        args: [program, ...args].map((arg) => new TextEncoder().encode(`${arg}\0`)),
        view: () => new DataView(memory.buffer),
        file: [],
        fileBytes: 0,
        terminal: "",
      };
      start();
      return Buffer.concat(current.file);
    },
    printed: () => current.terminal,
  };
}

function argumentCalls(running: () => Run): WebAssembly.ModuleImports {
  return {
    args_sizes_get: (countAt: number, bytesAt: number) => {
      const { view, args } = running();
      view().setUint32(countAt, args.length, true);
      view().setUint32(
        bytesAt,
        args.reduce((sum, arg) => sum + arg.byteLength, 0),
        true,
      );
      return OK;
    },
    args_get: (pointersAt: number, textAt: number) => {
      const { view, args } = running();
      let at = textAt;
      for (const [index, arg] of args.entries()) {
        view().setUint32(pointersAt + 4 * index, at, true);
        new Uint8Array(view().buffer).set(arg, at);
        at += arg.byteLength;
      }
      return OK;
    },
    // The program only times itself with it: a constant keeps every rendering the same.
    clock_time_get: (_clock: number, _precision: bigint, at: number) => {
      running().view().setBigUint64(at, 0n, true);
      return OK;
    },
    proc_exit: (code: number) => {
      throw new Error(`it exited with code ${code}: ${running().terminal.trim()}`);
    },
  };
}

/** There is one folder, `/`, and whatever is opened in it is the one file. */
function folderCalls(running: () => Run): WebAssembly.ModuleImports {
  return {
    fd_prestat_get: (fd: number, at: number) => {
      if (fd !== ROOT_FD) return BAD_FILE;
      running().view().setUint32(at, 0, true);
      running()
        .view()
        .setUint32(at + 4, "/".length, true);
      return OK;
    },
    fd_prestat_dir_name: (_fd: number, at: number) => {
      running().view().setUint8(at, "/".charCodeAt(0));
      return OK;
    },
    path_open: (...args: number[]) => {
      const descriptorAt = args[8] ?? 0;
      running().view().setUint32(descriptorAt, FILE_FD, true);
      return OK;
    },
  };
}

function fileCalls(running: () => Run): WebAssembly.ModuleImports {
  return {
    fd_fdstat_get: (fd: number, at: number) => {
      if (fd > FILE_FD) return BAD_FILE;
      const view = running().view();
      view.setBigUint64(at, 0n, true);
      view.setUint8(at, fd === ROOT_FD ? DIRECTORY : REGULAR_FILE);
      view.setBigUint64(at + 8, ALL_RIGHTS, true);
      view.setBigUint64(at + 16, ALL_RIGHTS, true);
      return OK;
    },
    fd_write: (fd: number, vectorsAt: number, count: number, writtenAt: number) => {
      const view = running().view();
      let written = 0;
      for (let index = 0; index < count; index++) {
        const from = view.getUint32(vectorsAt + 8 * index, true);
        const length = view.getUint32(vectorsAt + 8 * index + 4, true);
        write(running(), fd, new Uint8Array(view.buffer, from, length).slice());
        written += length;
      }
      view.setUint32(writtenAt, written, true);
      return OK;
    },
    fd_close: () => OK,
    fd_fdstat_set_flags: () => OK,
    fd_read: () => BAD_FILE,
    fd_seek: () => BAD_FILE,
  };
}

function write(run: Run, fd: number, bytes: Uint8Array): void {
  if (fd !== FILE_FD) {
    run.terminal = (run.terminal + new TextDecoder().decode(bytes)).slice(-MAX_TERMINAL_CHARS);
    return;
  }
  run.fileBytes += bytes.byteLength;
  if (run.fileBytes > MAX_FILE_BYTES) throw new Error(`it wrote more than ${MAX_FILE_BYTES} bytes`);
  run.file.push(bytes);
}
