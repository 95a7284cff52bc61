import type { Provider } from "./provider.ts";

/** The same provider, whose model speaks with this voice whatever the conversation is set up with. */
export function speakingAs(provider: Provider, voice: string): Provider {
  return {
    ...provider,
    codec: () => {
      const codec = provider.codec();
      return {
        ...codec,
        encode: (command) =>
          codec.encode(command.type === "configure" ? { ...command, spec: { ...command.spec, voice } } : command),
      };
    },
  };
}
