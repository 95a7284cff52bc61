import type { Configured } from "../check.ts";
import { type Finding, ok, skipped, warn } from "../finding.ts";
import type { SoundServer } from "../probes/sound-server.ts";

const LOAD =
  "pactl load-module module-echo-cancel aec_method=webrtc source_name=codriver_mic sink_name=codriver_speaker";
const RECIPE = `\`${LOAD}\`, then \`pactl set-default-source codriver_mic\` and \`pactl set-default-sink codriver_speaker\`.`;

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
  return judged(server, microphone);
}

function judged({ name, sources, defaultSource }: SoundServer, microphone: string): Finding {
  const cancelled = sources.filter((source) => /echo.?cancel/i.test(`${source.name} ${source.driver}`));
  const used = microphone === "default" ? defaultSource : microphone;
  const [first] = cancelled;
  if (first === undefined) return warn(`${name} runs without echo cancellation`, RECIPE);
  if (cancelled.some((source) => source.name === used)) return ok(`${name} cancels echo on ${used ?? ""}`);
  return warn(
    `${name} has a source without echo, ${first.name}, but ${used ?? "another"} is used`,
    `\`pactl set-default-source ${first.name}\`, with audio.microphone left at default.`,
  );
}
