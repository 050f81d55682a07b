// The names the product is known by: to the host, on the command line and in a chat.

/** Id of the plugin and of its ACP backend; the folder of its state has the same name. */
export const BACKEND = "contractor";

/** Begins every command line of ours. */
export const COMMAND_LINE = "openclaw contractor-agents";

/** Begins every chat command of ours, as texts name it; `/claude` is the same. */
export const CHAT_PREFIX = "/cc";
