import { z } from "zod";

const segment = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "letters, digits, _ and - only, at most 64 (it becomes a part of MQTT topics)");

const loopbackOrSecure = z
  .string()
  .regex(/^(embedded|(mqtts?|mqtt\+unix):\/\/\S+)$/, 'expected "embedded" or a URL such as mqtt://127.0.0.1:1883');

const seconds = (most: number) => z.number().positive().max(most);

/** The configuration file, `codriver.yaml`. Every key has a default: no file is needed. */
export const CONFIG = z.strictObject({
  vehicle: z
    .strictObject({
      broker: loopbackOrSecure.default("embedded").describe("The car's MQTT 5 broker"),
      prefix: segment.default("vehicle"),
      id: segment.default("demo").describe("A pseudonym of the car, never its VIN"),
      username: z.string().optional(),
      passwordEnv: z.string().default("CODRIVER_MQTT_PASSWORD").describe("The variable that holds the password"),
      allowSimulated: z.boolean().default(false).describe("Whether `run` accepts a car that says it is simulated"),
    })
    .prefault({}),
  model: z
    .strictObject({
      provider: z.enum(["local", "stepfun", "openai", "gemini", "covo"]).default("local"),
      url: z
        .url({ protocol: /^wss?$/ })
        .optional()
        .describe("Instead of the provider's own address"),
      model: z.string().optional().describe("Instead of the provider's usual model"),
      fallback: z
        .enum(["local", "none"])
        .default("local")
        .describe("Who goes on when the line to a model in the cloud is lost: the embedded engine, or nobody"),
      acousticModel: z
        .string()
        .default("auto")
        .describe("What the embedded engine hears with: `auto`, `bundled`, or a folder of a PocketSphinx model"),
      keyEnv: z.string().optional().describe("The variable that holds the key; the provider's own name by default"),
      keyFile: z
        .string()
        .min(1)
        .optional()
        .describe("A file with the key and nothing else, mode 0600; instead of a variable"),
      turnDetection: z
        .enum(["semantic", "server"])
        .default("semantic")
        .describe("openai: whether what was said or a pause alone ends the driver's turn"),
      webSearch: z
        .strictObject({
          topK: z.int().min(1).max(20).default(5),
          timeoutSeconds: seconds(30).default(3),
        })
        .optional()
        .describe("stepfun, gemini: the model may search the web by itself, `{}` for the usual way; it may cost extra"),
      retrieval: z
        .array(
          z.strictObject({
            description: z.string().min(1).max(500).describe("When to look there"),
            vectorStoreId: z.string().min(1).max(100),
            promptTemplate: z
              .string()
              .max(2_000)
              .default("Answer from this: {{knowledge}}\nThe question is: {{query}}")
              .describe("{{knowledge}} is what was found, {{query}} what was asked"),
          }),
        )
        .max(8)
        .optional()
        .describe("stepfun: the vendor's own collections of documents, a handbook of the car for example"),
    })
    .prefault({}),
  audio: z
    .strictObject({
      microphone: z.string().default("default").describe("`default`, a recorder's device, or a path to a WAV file"),
      recorder: z
        .enum(["auto", "parec", "arecord", "sox", "rec"])
        .default("auto")
        .describe("The program that records; `auto`: parec where a PulseAudio server answers, else what is installed"),
      speaker: z
        .enum(["auto", "device", "none"])
        .default("auto")
        .describe("`auto` does without a speaker where there is none, `device` does not"),
      player: z
        .enum(["auto", "speaker", "pacat", "aplay"])
        .default("auto")
        .describe(
          "What plays: a program or the package `speaker`; `auto`: pacat where a PulseAudio server answers, else what is installed",
        ),
      output: z.string().default("default").describe("`default`, or the player's name for a device"),
      bargeIn: z
        .enum(["voice", "wake-word"])
        .default("voice")
        .describe("What interrupts a reply: anybody who speaks over it, or only the wake word"),
      zone: z.string().default("Row1.DriverSide").describe("The seat that the one microphone belongs to"),
    })
    .prefault({}),
  wake: z
    .strictObject({
      word: z.string().default("jarvis"),
      threshold: z.number().min(0.5).max(0.999).optional().describe("Instead of the one in the model card"),
      preRollSeconds: z.number().min(0).max(1.5).default(1.5),
      followUpSeconds: z
        .number()
        .min(0)
        .max(30)
        .default(8)
        .describe("How long one may speak again without the wake word after a reply; 0: never"),
      openSeconds: seconds(30).default(30).describe("How long the gate may stay open without an end of speech"),
    })
    .prefault({}),
  hmi: z
    .strictObject({
      typedTurns: z
        .boolean()
        .default(false)
        .describe("Whether `run` takes turns typed over MQTT, as `codriver say` does"),
    })
    .prefault({}),
  persona: z.string().default("ada").describe("A file in personas/, without .yaml, or a path"),
  privacy: z
    .strictObject({
      transcripts: z.boolean().default(false).describe("Whether what was said may appear on MQTT and in the log"),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(["silent", "error", "warn", "info", "debug"]).default("info"),
      wire: z
        .string()
        .min(1)
        .optional()
        .describe(
          "A file for every message to and from the model, for `codriver replay`; needs privacy.transcripts, holds no sound",
        ),
    })
    .prefault({}),
});

export type Config = z.output<typeof CONFIG>;
