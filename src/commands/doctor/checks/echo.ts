import type { Configured } from "../check.ts";
import { type Finding, ok, skipped, warn } from "../finding.ts";
import type { SoundServer } from "../probes/sound-server.ts";

const LOAD =
  "pactl load-module module-echo-cancel aec_method=webrtc source_name=echo_cancel_mic sink_name=echo_cancel_speaker";
const RECIPE = `\`${LOAD}\`, then \`pactl set-default-source echo_cancel_mic\` and \`pactl set-default-sink echo_cancel_speaker\`.`;

/** Whether what the speaker says is taken out of what the microphone hears: without it, a loud reply can cut itself off. */
export async function echo({ config, soundServer }: Pick<Configured, "config" | "soundServer">): Promise<Finding> {
  const { microphone, speaker } = config.audio;
  if (speaker === "none" || microphone.endsWith(".wav")) return skipped("no microphone beside a speaker here");
  const server = await soundServer();
  if (server === undefined) {
    return warn(
      "neither PulseAudio nor PipeWire runs, so nothing takes the replies out of what the microphone hears",
      `\`sudo apt-get install pipewire-pulse pulseaudio-utils\` (or pulseaudio), then ${RECIPE} A microphone with its own echo cancellation does as well.`,
    );
  }
  return judged(server, config.audio);
}

/** PulseAudio tells what made a source; under PipeWire only its name can. */
const CANCELS_ECHO = /echo.?cancel/i;

function judged(server: SoundServer, { microphone, output }: Configured["config"]["audio"]): Finding {
  const cancelled = server.sources.filter(({ name, driver }) => CANCELS_ECHO.test(`${name} ${driver}`));
  const microphones = cancelled.map(({ name }) => name).filter((name) => !name.endsWith(".monitor"));
  const [first] = microphones;
  if (first === undefined) return warn(`${server.name} runs without echo cancellation`, RECIPE);
  const source = microphone === "default" ? (server.defaultSource ?? "another") : microphone;
  if (!microphones.includes(source)) {
    return warn(
      `${server.name} has a source without echo, ${first}, but ${source} is used`,
      `\`pactl set-default-source ${first}\`, with audio.microphone left at default.`,
    );
  }
  const sink = output === "default" ? (server.defaultSink ?? "another") : output;
  // Each sink has a monitor, which knows what made it.
  if (cancelled.some(({ name }) => name === `${sink}.monitor`)) return ok(`${server.name} cancels echo on ${source}`);
  return warn(
    `${server.name} cancels the echo of its own sink only, but ${sink} is used`,
    "Play to the sink that module-echo-cancel made: `pactl set-default-sink NAME`, with audio.output left at default.",
  );
}
