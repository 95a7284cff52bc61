import type { ProviderCommand } from "./provider.ts";
import type { SessionCommand } from "./session-command.ts";

export type HistoryCommand = ProviderCommand & { type: "history" };

/** What a single connection can be asked: what a conversation can, and to know what went before. */
export type LinkCommand = SessionCommand | HistoryCommand;
