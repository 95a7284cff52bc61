import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { look } from "../../../support/look.ts";

/** The only program that there is, found by its name; it does as it is told. */
function program(name: string, script: string): { readonly PATH: string } {
  const folder = mkdtempSync(join(tmpdir(), "codriver-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return { PATH: folder };
}

describe("a recorder", () => {
  test("that gives only zeros is muted", async () => {
    const [found] = await look(["microphone"], program("arecord", "exec /usr/bin/head -c 64000 /dev/zero"));
    expect(found).toMatchObject({ status: "warn", found: expect.stringContaining("muted?") as string });
  });

  test("that is overdriven", async () => {
    const block = String.raw`printf '\377\177\377\177\000\200\000\200'`;
    const script = `i=0; while [ $i -lt 9000 ]; do ${block}; i=$((i+1)); done; exec /bin/sleep 60`;
    const [found] = await look(["microphone"], program("arecord", script));
    expect(found).toMatchObject({ status: "warn", found: expect.stringContaining("100.0 % of the samples") as string });
  });

  test("that fails, in its own words without those of its libraries", async () => {
    const script = "echo 'ALSA lib pcm.c: Unknown PCM' >&2\necho 'arecord: no such device' >&2\nexit 1";
    const [found] = await look(["microphone"], program("arecord", script));
    expect(found).toMatchObject({ status: "fail", exit: 3, mend: expect.stringContaining("arecord -L") as string });
    expect(found?.found).toContain("arecord: no such device");
    expect(found?.found).not.toContain("Unknown PCM");
  });

  test("that starts and gives nothing", async () => {
    const [found] = await look(["microphone"], program("arecord", "exec /bin/sleep 60"));
    expect(found).toMatchObject({ status: "fail", found: expect.stringContaining("no sound for 3.5 s") as string });
  });
});

describe("a player", () => {
  const insisting = { CODRIVER_AUDIO__SPEAKER: "device", CODRIVER_AUDIO__PLAYER: "aplay" };

  test("that takes sound is given nothing but silence", async () => {
    const path = program("aplay", 'exec /bin/cat > "$(/usr/bin/dirname "$0")/played"');
    const [found] = await look(["speaker"], { ...path, ...insisting });
    expect(found).toMatchObject({ status: "ok", found: expect.stringContaining("--beep") as string });
    const played = readFileSync(join(path.PATH, "played"));
    expect(played.byteLength).toBeGreaterThan(0);
    expect(played.every((byte) => byte === 0)).toBe(true);
  });

  test("that fails, in its own words, is needed or not as the configuration says", async () => {
    const path = program("aplay", "echo 'aplay: no such card' >&2\nexit 1");
    const [needed] = await look(["speaker"], { ...path, ...insisting });
    expect(needed).toMatchObject({ status: "fail", exit: 3, found: expect.stringContaining("no such card") as string });
    const [wished] = await look(["speaker"], { ...path, ...insisting, CODRIVER_AUDIO__SPEAKER: "auto" });
    expect(wished).toMatchObject({ status: "warn" });
  });

  test("that is not installed", async () => {
    const [found] = await look(["speaker"], { PATH: "/nonexistent", ...insisting });
    expect(found).toMatchObject({
      status: "fail",
      mend: expect.stringContaining("apt-get install alsa-utils") as string,
    });
  });
});

test("PulseAudio without echo cancellation: what to load", async () => {
  const info = "Server Name: pulseaudio\nDefault Source: mic";
  const sources = "1\tmic\tmodule-alsa-card.c\ts16le 1ch 16000Hz\tIDLE";
  const [found] = await look(
    ["echo"],
    program("pactl", `case "$1" in info) echo '${info}';; *) echo '${sources}';; esac`),
  );
  expect(found).toMatchObject({ status: "warn", found: "pulseaudio runs without echo cancellation" });
});
